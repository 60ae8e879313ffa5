package dev.meerkat.conformance.record;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * One line of a script: an object whose first key says what to do.
 *
 * @param number of the line
 * @param verb what to do
 * @param json the whole line
 */
record Step(int number, String verb, JsonNode json) {
    static final ObjectMapper MAPPER = new ObjectMapper();

    /** The steps that are meant for a version: a step may name its contract line as {@code line}. */
    static List<Step> read(String script, String version) throws IOException {
        List<Step> steps = new ArrayList<>();
        try (InputStream in =
                        Objects.requireNonNull(Step.class.getResourceAsStream(script + ".jsonl"), script + ".jsonl");
                BufferedReader lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
            int number = 0;
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                number++;
                if (!line.isBlank() && !line.startsWith("//")) {
                    JsonNode json = MAPPER.readTree(line);
                    if (version.startsWith(json.path("line").asText(""))) {
                        steps.add(new Step(number, json.fieldNames().next(), json));
                    }
                }
            }
        }
        return steps;
    }

    /** The value of the first key. */
    String subject() {
        return json.get(verb).asText();
    }

    /** An optional text. */
    String text(String key, String otherwise) {
        return json.path(key).asText(otherwise);
    }

    IllegalStateException failed(String why) {
        return new IllegalStateException("line " + number + " of the script: " + why + ": " + json);
    }
}
