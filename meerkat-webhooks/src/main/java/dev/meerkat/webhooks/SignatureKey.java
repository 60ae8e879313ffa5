package dev.meerkat.webhooks;

import dev.meerkat.api.InvalidFieldException;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.MessageDigest;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** A key that can tell whether a signature was made with it or its private half. Thread-safe. */
@FunctionalInterface
interface SignatureKey {
    /** Whether one of the signatures is that of the preamble and the body behind it; compares all in constant time. */
    boolean matches(byte[] preamble, byte[] body, List<byte[]> signatures);

    /** Keys whose bytes are those of the texts. */
    static List<SignatureKey> hmac(String algorithm, List<WebhookSecret> secrets) {
        return secrets.stream().map(secret -> hmac(algorithm, secret.bytes())).toList();
    }

    private static SignatureKey hmac(String algorithm, byte[] key) {
        SecretKeySpec spec = new SecretKeySpec(key, algorithm);
        return (preamble, body, signatures) -> {
            byte[] expected;
            try {
                Mac mac = Mac.getInstance(algorithm);
                mac.init(spec);
                mac.update(preamble);
                expected = mac.doFinal(body);
            } catch (GeneralSecurityException e) {
                throw new IllegalStateException("this JVM has no " + algorithm, e);
            }
            boolean matches = false;
            for (byte[] signature : signatures) {
                matches |= MessageDigest.isEqual(expected, signature);
            }
            return matches;
        };
    }

    /** {@code whsec_} or {@code whpk_} and base64. */
    static SignatureKey standardWebhooks(WebhookSecret secret) {
        String text = secret.text();
        return text.startsWith("whpk_")
                ? ed25519(decoded(text.substring(5)))
                : hmac("HmacSHA256", standardWebhooksKey(secret));
    }

    /** The key of HMAC signatures in {@code whsec_} and base64, or base64 alone. */
    static byte[] standardWebhooksKey(WebhookSecret secret) {
        String text = secret.text();
        return decoded(text.startsWith("whsec_") ? text.substring(6) : text);
    }

    private static byte[] decoded(String base64) {
        byte[] key;
        try {
            key = Base64.getDecoder().decode(base64);
        } catch (IllegalArgumentException e) {
            throw unusable("is not base64 behind whsec_ or whpk_");
        }
        if (key.length == 0) {
            throw unusable("is empty behind its prefix");
        }
        return key;
    }

    /** A public key of 32 bytes in hex. */
    static SignatureKey ed25519Hex(WebhookSecret secret) {
        try {
            return ed25519(HexFormat.of().parseHex(secret.text()));
        } catch (IllegalArgumentException e) {
            throw unusable("is not a public key of 32 bytes in hex");
        }
    }

    private static SignatureKey ed25519(byte[] raw) {
        PublicKey key = publicKey(raw);
        return (preamble, body, signatures) -> {
            boolean matches = false;
            for (byte[] signature : signatures) {
                matches |= verifies(key, preamble, body, signature);
            }
            return matches;
        };
    }

    private static PublicKey publicKey(byte[] raw) {
        // What stands before the bytes of an Ed25519 key in the form that the JDK reads.
        byte[] head = HexFormat.of().parseHex("302a300506032b6570032100");
        if (raw.length != 32) {
            throw unusable("is not a public key of 32 bytes");
        }
        byte[] encoded = Arrays.copyOf(head, head.length + raw.length);
        System.arraycopy(raw, 0, encoded, head.length, raw.length);
        try {
            return KeyFactory.getInstance("Ed25519").generatePublic(new X509EncodedKeySpec(encoded));
        } catch (GeneralSecurityException e) {
            throw unusable("is not an Ed25519 public key");
        }
    }

    private static boolean verifies(PublicKey key, byte[] preamble, byte[] body, byte[] signature) {
        try {
            Signature check = Signature.getInstance("Ed25519");
            check.initVerify(key);
            check.update(preamble);
            check.update(body);
            return check.verify(signature);
        } catch (GeneralSecurityException e) {
            return false; // not even the form of a signature
        }
    }

    private static InvalidFieldException unusable(String problem) {
        return new InvalidFieldException("secret", "(secret)", problem);
    }
}
