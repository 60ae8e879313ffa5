package dev.meerkat.core.internal.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class IdentityTest {
    /** The first test vector of RFC 8032, section 7.1. */
    private static final byte[] SEED =
            HexFormat.of().parseHex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60");

    @Test
    void theKeyOfASeedIsTheOneOfRfc8032() {
        assertThat(HexFormat.of().formatHex(Identity.publicKey(SEED)))
                .isEqualTo("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a");
    }

    @Test
    void thePeerNamespaceSpellsItsName() {
        byte[] bytes =
                HexFormat.of().parseHex(Identity.PEER_NAMESPACE.toString().replace("-", ""));
        assertThat(new String(Arrays.copyOf(bytes, 13), StandardCharsets.US_ASCII))
                .isEqualTo("meerkatPeerId");
    }

    /** The expected id was computed with another implementation of version 5 UUIDs. */
    @Test
    void thePeerIdIsTheVersion5UuidOfThePublicKeyInThePeerNamespace() {
        assertThat(Identity.peerId(SEED).toString()).isEqualTo("799d7474-517f-5045-9ae5-ca7af62e35c6");
        assertThat(Identity.peerId(SEED).value().version()).isEqualTo(5);
    }

    @Test
    void namesMakeTheKnownVersion5Uuids() {
        UUID dns = UUID.fromString("6ba7b810-9dad-11d1-80b4-00c04fd430c8");
        assertThat(NameIds.of(dns, "www.example.org")).hasToString("74738ff5-5367-5958-9aee-98fffdcd1876");
    }
}
