package dev.meerkat.examples.chat;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meerkat.testkit.ScriptedModel;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class ChatExamplesTest {
    @Test
    void triageAsksTheOwnerByAToolCallAndIsAnswered() throws Exception {
        ScriptedModel triage = CiTriage.triageScript();
        ScriptedModel owner = CiTriage.ownerScript();

        List<String> lines = CiTriage.run(triage, owner);

        assertThat(lines)
                .containsSubsequence(
                        "  calls owner_of {\"job\":\"checkout\"}: \"checkout-owner\"",
                        "  says: checkout-owner should know.",
                        "  answers: I have asked checkout-owner.",
                        "  answers: Revert 8c1f2e: it broke PriceTest in run 1742 of checkout.",
                        "== checkout-owner",
                        "  answers: Explained run 1742 to triage.");
        assertThat(lines)
                .filteredOn(line -> line.contains("the response of checkout-owner"))
                .hasSize(1);
        triage.assertUsedUp();
        owner.assertUsedUp();
    }

    @Test
    void theEnvironmentMayNameARealModel() {
        ScriptedModel scripted = ScriptedModel.create();

        assertThat(Models.of(Map.of(), () -> scripted)).isSameAs(scripted);
        assertThat(Models.of(Map.of("MODEL", "some-model", "BASE_URL", "http://127.0.0.1:1/v1"), () -> scripted))
                .isNotSameAs(scripted);
    }

    @Test
    void whatAPersonApprovesIsDeployed() throws Exception {
        List<String> lines = Approval.run(Approval.script(), request -> {
            assertThat(request.command().intent()).isEqualTo("approve");
            assertThat(request.from().name()).isEqualTo("releaser");
            return true;
        });

        assertThat(lines).anyMatch(line -> line.contains("calls deploy") && line.contains("deployed 2026.04.21"));
    }

    @Test
    void whatAPersonDeniesIsNotDeployedWhateverTheModelDoes() throws Exception {
        List<String> lines = Approval.run(Approval.script(), request -> false);

        assertThat(lines)
                .anyMatch(line -> line.contains("calls deploy") && line.contains("nobody has approved 2026.04.21"))
                .noneMatch(line -> line.contains("deployed"));
    }
}
