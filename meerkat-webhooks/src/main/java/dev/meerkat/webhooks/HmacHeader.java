package dev.meerkat.webhooks;

import dev.meerkat.api.InvalidFieldException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A header with an HMAC of the body, or with several of them, separated by commas.
 *
 * <p>The {@code with} methods return a changed copy. Immutable and thread-safe.
 *
 * @param header the name of the header
 * @param hash the hash function of the HMAC
 * @param encoding how the signature is written
 * @param prefix what stands before each signature, such as {@code sha256=}; signatures without it are passed over
 * @param timestampHeader the header with a timestamp that is signed too, in seconds since 1970, or empty if only the body
 *     is signed
 * @param separator what stands between timestamp and body in what is signed
 * @param tolerance how far the timestamp may be from the time of arrival
 */
public record HmacHeader(
        String header,
        Hash hash,
        Encoding encoding,
        String prefix,
        Optional<String> timestampHeader,
        String separator,
        Duration tolerance) {

    /** A hash function. */
    public enum Hash {
        /** SHA-1, for senders that know no other. */
        SHA1("HmacSHA1"),
        /** SHA-256. */
        SHA256("HmacSHA256"),
        /** SHA-512. */
        SHA512("HmacSHA512");

        private final String algorithm;

        Hash(String algorithm) {
            this.algorithm = algorithm;
        }

        String algorithm() {
            return algorithm;
        }
    }

    /** How bytes are written as text. */
    public enum Encoding {
        /** Two hex digits each, of either case. */
        HEX,
        /** Base64 of RFC 4648. */
        BASE64
    }

    /**
     * Checks the parts.
     *
     * @throws InvalidFieldException if a name is not that of a header, or the tolerance is not positive
     */
    public HmacHeader {
        Verification.name(header, "header");
        timestampHeader.ifPresent(name -> Verification.name(name, "timestamp_header"));
        Verification.checked(tolerance);
        if (prefix.indexOf(',') >= 0) {
            throw new InvalidFieldException("prefix", prefix, "must not have a comma, which separates signatures");
        }
    }

    /**
     * The body's HMAC with SHA-256, in hex, without a prefix.
     *
     * @param header the name of the header
     * @return the header
     */
    public static HmacHeader of(String header) {
        return new HmacHeader(header, Hash.SHA256, Encoding.HEX, "", Optional.empty(), "", Verification.TOLERANCE);
    }

    /**
     * With another hash function.
     *
     * @param hash the hash function
     * @return a changed copy
     */
    public HmacHeader withHash(Hash hash) {
        return new HmacHeader(header, hash, encoding, prefix, timestampHeader, separator, tolerance);
    }

    /**
     * With another encoding.
     *
     * @param encoding the encoding
     * @return a changed copy
     */
    public HmacHeader withEncoding(Encoding encoding) {
        return new HmacHeader(header, hash, encoding, prefix, timestampHeader, separator, tolerance);
    }

    /**
     * With a prefix before each signature.
     *
     * @param prefix such as {@code sha256=}
     * @return a changed copy
     */
    public HmacHeader withPrefix(String prefix) {
        return new HmacHeader(header, hash, encoding, prefix, timestampHeader, separator, tolerance);
    }

    /**
     * With a timestamp that is signed before the body.
     *
     * @param timestampHeader the header with the timestamp, in seconds since 1970
     * @param separator what stands between timestamp and body in what is signed
     * @param tolerance how far the timestamp may be from the time of arrival, see {@link Verification#TOLERANCE}
     * @return a changed copy
     */
    public HmacHeader withTimestamp(String timestampHeader, String separator, Duration tolerance) {
        return new HmacHeader(header, hash, encoding, prefix, Optional.of(timestampHeader), separator, tolerance);
    }

    SignatureForm.Signed read(WebhookRequest request) {
        List<byte[]> signatures = new ArrayList<>();
        for (String part : SignatureForm.needed(request, header).split(",", -1)) {
            String text = part.strip();
            if (text.startsWith(prefix)) {
                add(text.substring(prefix.length()), signatures);
            }
        }
        Optional<String> timestamp = timestampHeader.map(name -> SignatureForm.needed(request, name));
        return new SignatureForm.Signed(timestamp.map(text -> text + separator).orElse(""), timestamp, signatures);
    }

    private void add(String text, List<byte[]> signatures) {
        if (encoding == Encoding.HEX) {
            SignatureForm.addHex(text, signatures);
        } else {
            SignatureForm.addBase64(text, signatures);
        }
    }
}
