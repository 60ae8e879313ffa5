package dev.meerkat.interop;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("What a module publishes beside its classes")
class PackagedJarsTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Path ROOT = Path.of(System.getProperty("meerkat.home"), "../../..");

    @ParameterizedTest
    @ValueSource(
            strings = {
                "meerkat-api",
                "meerkat-wire",
                "meerkat-core",
                "meerkat-store-sqlite",
                "meerkat-client",
                "meerkat-server",
                "meerkat-testkit"
            })
    void everyModuleHasLicenceSourcesJavadocAndBillOfMaterials(String module) throws IOException {
        Path target = ROOT.resolve(module).resolve("target").normalize();
        try (JarFile classes = jar(target, "")) {
            assertThat(Stream.of("META-INF/LICENSE", "META-INF/NOTICE"))
                    .allSatisfy(name -> assertThat(classes.getEntry(name)).isNotNull());
        }
        try (JarFile sources = jar(target, "-sources")) {
            assertThat(sources.getEntry("module-info.java")).isNotNull();
        }
        try (JarFile javadoc = jar(target, "-javadoc")) {
            assertThat(javadoc.getEntry("index.html")).isNotNull();
        }
        JsonNode bill = JSON.readTree(target.resolve("bom.json").toFile());
        assertThat(bill.at("/bomFormat").asText()).isEqualTo("CycloneDX");
        assertThat(bill.at("/metadata/component/name").asText()).isEqualTo(module);
    }

    /** A native image leaves out what nobody names: reflection and resources of these modules. */
    @ParameterizedTest
    @ValueSource(strings = {"meerkat-wire", "meerkat-core", "meerkat-client", "meerkat-server"})
    void whatANativeImageMustKeepExists(String module) throws Exception {
        Path target = ROOT.resolve(module).resolve("target").normalize();
        try (JarFile classes = jar(target, "")) {
            String name = "META-INF/native-image/dev.meerkat/" + module + "/reachability-metadata.json";
            JsonNode metadata;
            try (InputStream in = classes.getInputStream(Objects.requireNonNull(classes.getJarEntry(name), name))) {
                metadata = JSON.readTree(in);
            }
            for (JsonNode resource : metadata.path("resources")) {
                assertThat(classes.getEntry(resource.get("glob").asText())).isNotNull();
            }
            for (JsonNode type : metadata.path("reflection")) {
                String typeName = type.get("type").asText();
                if (typeName.startsWith("dev.meerkat.")) {
                    assertThat(classes.getEntry(typeName.replace('.', '/') + ".class"))
                            .isNotNull();
                } else if (Runtime.version().feature() >= 21) {
                    assertThat(methodsOf(typeName)).contains(names(type));
                }
            }
        }
    }

    private static JarFile jar(Path target, String suffix) throws IOException {
        return new JarFile(target.resolve(target.getParent().getFileName() + "-0.1.0-SNAPSHOT" + suffix + ".jar")
                .toFile());
    }

    private static List<String> methodsOf(String type) throws ClassNotFoundException {
        return Stream.of(Class.forName(type).getMethods()).map(m -> m.getName()).toList();
    }

    private static String[] names(JsonNode type) {
        return type.findValuesAsText("name").toArray(String[]::new);
    }
}
