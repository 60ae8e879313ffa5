package dev.meerkat.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.meerkat.api.InvalidFieldException;
import dev.meerkat.wire.internal.VersionForm;
import dev.meerkat.wire.internal.WireJson;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class ContractLineTest {
    @ParameterizedTest
    @ValueSource(strings = {"0.5.2", "0.10.0", "1.0.0", "1.9.8", "new", "0", ""})
    void aLineThatIsNotKnownIsRefused(String version) {
        assertThatThrownBy(() -> ContractVersion.parse(version)).isInstanceOf(InvalidFieldException.class);
    }

    @Test
    void everyVersionOfALineIsTaken() {
        assertThat(ContractVersion.parse("0.6").line()).isEqualTo(ContractLine.V0_6);
        assertThat(ContractVersion.parse("0.8.52").line()).isEqualTo(ContractLine.V0_8);
        assertThat(ContractVersion.parse("0.9.8-pre")).hasToString("0.9.8");
    }

    @ParameterizedTest
    @EnumSource
    void theVersionOfALineIsReadAsItWasWritten(ContractLine line) {
        ObjectNode object = WireJson.object();
        VersionForm.addObject(object, line.version());
        ObjectNode text =
                WireJson.object().put("contract_version", line.version().toString());

        assertThat(ContractVersion.parse(VersionForm.text(object))).isEqualTo(line.version());
        assertThat(ContractVersion.parse(VersionForm.text(text))).isEqualTo(line.version());
        assertThat(ContractLine.of(line.line())).isEqualTo(line);
    }

    @Test
    void whatCameWithinALineIsToldByTheVersion() {
        assertThat(ContractVersion.parse("0.7.30").takesTaint()).isFalse();
        assertThat(ContractVersion.parse("0.7.31").takesTaint()).isTrue();
        assertThat(ContractVersion.parse("0.9.4").takesEventKeys()).isFalse();
        assertThat(ContractVersion.parse("0.9.5").takesEventKeys()).isTrue();
    }

    @Test
    void aLineHasTheNoticesOfThoseBeforeIt() {
        for (ContractLine line : ContractLine.values()) {
            assertThat(ContractLine.NEWEST.lifecycleKinds()).containsAll(line.lifecycleKinds());
        }
        assertThat(ContractLine.V0_6.lifecycleKinds()).doesNotContain("mob.dismiss");
    }
}
