package dev.meerkat.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meerkat.api.Capabilities.Capability;
import dev.meerkat.api.Meerkat;
import dev.meerkat.client.internal.wire.Dialect;
import dev.meerkat.core.MeerkatRuntime;
import dev.meerkat.wire.ContractLine;
import dev.meerkat.wire.ContractVersion;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What "What each server can do" says of capabilities is what the code declares. */
class ServersPageTest {
    private static final Set<String> METHODS = Set.of("comms/send");

    @Test
    void theTableSaysWhatTheCodeDeclares() {
        List<Set<Capability>> fewest = List.of(
                inThisJvm(),
                Dialect.of(new ContractVersion(ContractLine.V0_9, 0)).rpcCapabilities(METHODS, false),
                Dialect.of(new ContractVersion(ContractLine.V0_9, 0)).restCapabilities(),
                Dialect.of(new ContractVersion(ContractLine.V0_6, 0)).rpcCapabilities(METHODS, false),
                Dialect.of(new ContractVersion(ContractLine.V0_6, 0)).restCapabilities());
        List<Set<Capability>> most = List.of(
                inThisJvm(),
                Dialect.of(new ContractVersion(ContractLine.V0_9, 5)).rpcCapabilities(METHODS, true),
                Dialect.of(new ContractVersion(ContractLine.V0_9, 5)).restCapabilities(),
                Dialect.of(new ContractVersion(ContractLine.V0_6, 34)).rpcCapabilities(METHODS, true),
                Dialect.of(new ContractVersion(ContractLine.V0_6, 34)).restCapabilities());
        for (Capability capability : Capability.values()) {
            List<String> cells = cells(capability);
            assertThat(cells).as(capability.name()).hasSize(fewest.size());
            for (int i = 0; i < cells.size(); i++) {
                assertThat(expected(
                                cells.get(i),
                                fewest.get(i).contains(capability),
                                most.get(i).contains(capability)))
                        .as(capability + ", column " + (i + 1) + ": " + cells.get(i))
                        .isTrue();
            }
        }
    }

    private static Set<Capability> inThisJvm() {
        try (Meerkat meerkat = MeerkatRuntime.of(turn -> "ok").open()) {
            return meerkat.capabilities().supported();
        }
    }

    private static boolean expected(String cell, boolean always, boolean atMost) {
        return switch (cell) {
            case "yes" -> always;
            case "from 0.9.5 on", "with a log" -> !always && atMost;
            case "no", "on request", "with a durable store" -> !atMost;
            default -> false;
        };
    }

    private static List<String> cells(Capability capability) {
        String row = Docs.lines(page()).stream()
                .filter(line -> line.startsWith("| `" + capability + "`"))
                .findFirst()
                .orElse("");
        return Stream.of(row.split("\\|", -1))
                .skip(2)
                .map(String::strip)
                .filter(cell -> !cell.isEmpty())
                .toList();
    }

    private static Path page() {
        return Docs.root().resolve("docs").resolve("servers.md");
    }
}
