package dev.meerkat.core.internal.session;

import dev.meerkat.api.PeerId;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.spec.NamedParameterSpec;
import java.util.Arrays;
import java.util.UUID;
import java.util.random.RandomGenerator;

/**
 * The Ed25519 identity of a named session. Only its 32 secret bytes are stored; the key pair is made
 * from them when it is first needed, because that takes far longer than all else of creating a session.
 */
public final class Identity {
    /** The namespace of peer ids in the wire contract; its bytes spell "meerkatPeerId0". */
    static final UUID PEER_NAMESPACE = UUID.fromString("6d656572-6b61-7450-6565-724964300001");

    private static final int SEED_BYTES = 32;
    private static final int PUBLIC_KEY_BYTES = 32;

    private Identity() {}

    public static byte[] newSeed(RandomGenerator random) {
        byte[] seed = new byte[SEED_BYTES];
        random.nextBytes(seed);
        return seed;
    }

    static PeerId peerId(byte[] seed) {
        return new PeerId(NameIds.of(PEER_NAMESPACE, publicKey(seed)));
    }

    static byte[] publicKey(byte[] seed) {
        // The X.509 form of an Ed25519 key is a fixed header and the 32 bytes of RFC 8032.
        byte[] x509 = keyPair(seed).getPublic().getEncoded();
        return Arrays.copyOfRange(x509, x509.length - PUBLIC_KEY_BYTES, x509.length);
    }

    private static KeyPair keyPair(byte[] seed) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("Ed25519");
            generator.initialize(NamedParameterSpec.ED25519, new Fixed(seed));
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(
                    "this Java has no Ed25519, which sessions with names need; add the module jdk.crypto.ec to its image",
                    e);
        }
    }

    /** The JDK makes an Ed25519 key from 32 random bytes; this hands it the stored ones. */
    private static final class Fixed extends SecureRandom {
        private static final long serialVersionUID = 1L;

        private final byte[] seed;

        Fixed(byte[] seed) {
            this.seed = seed.clone();
        }

        @Override
        public void nextBytes(byte[] bytes) {
            if (bytes.length != seed.length) {
                throw new IllegalStateException("asked for " + bytes.length + " bytes, an Ed25519 seed has 32");
            }
            System.arraycopy(seed, 0, bytes, 0, seed.length);
        }
    }
}
