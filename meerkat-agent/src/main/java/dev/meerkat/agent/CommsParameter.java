package dev.meerkat.agent;

import dev.meerkat.api.InvalidFieldException;
import dev.meerkat.api.Json;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * An argument of a comms tool: what the model reads of it, and how it is checked.
 *
 * @param text whether it is a string; any JSON otherwise
 */
record CommsParameter(String name, boolean text, boolean required, String description) {
    static final CommsParameter TO = new CommsParameter("to", true, true, "the peer's name");
    static final CommsParameter TEXT = new CommsParameter("text", true, true, "what to say");
    static final CommsParameter INTENT =
            new CommsParameter("intent", true, true, "what the peer is asked to do, in a word");
    static final CommsParameter PARAMS = new CommsParameter("params", false, false, "details for the peer, any JSON");
    static final CommsParameter RESULT = new CommsParameter("result", false, true, "the result, any JSON");
    static final CommsParameter DELIVERY =
            new CommsParameter("delivery", true, false, "the delivery of the notice, needed if there are several");
    static final CommsParameter REQUEST =
            new CommsParameter("request", true, false, "an earlier request to wait on for, instead of a new one");
    static final CommsParameter SECONDS =
            new CommsParameter("seconds", false, true, "in how many seconds, a whole number");
    static final CommsParameter NOTE = new CommsParameter("note", true, true, "what to read then");

    CommsParameter optional() {
        return new CommsParameter(name, text, false, description);
    }

    /** The JSON Schema of an object with these. */
    static Json schema(List<CommsParameter> parameters) {
        Map<String, Object> properties = new LinkedHashMap<>();
        for (CommsParameter parameter : parameters) {
            properties.put(
                    parameter.name,
                    parameter.text
                            ? ModelNotices.object("type", "string", "description", parameter.description)
                            : Map.of("description", parameter.description));
        }
        Map<String, Object> schema = ModelNotices.object("type", "object", "properties", properties);
        schema.put(
                "required",
                parameters.stream()
                        .filter(CommsParameter::required)
                        .map(CommsParameter::name)
                        .toList());
        schema.put("additionalProperties", false);
        return Json.of(schema);
    }

    /** Refuses arguments that do not have the schema; names all that is wrong. */
    static void check(List<CommsParameter> parameters, Json args) {
        List<String> names = parameters.stream().map(CommsParameter::name).toList();
        if (!args.text().startsWith("{")) {
            throw new InvalidFieldException(
                    "arguments", args.text(), "must be a JSON object with " + String.join(", ", names));
        }
        List<String> wrong = new ArrayList<>();
        for (Object name : args.as(Map.class).keySet()) {
            if (!names.contains(name)) {
                wrong.add(name + " is not known");
            }
        }
        for (CommsParameter parameter : parameters) {
            Optional<Json> value = parameter.in(args);
            if (value.isEmpty() && parameter.required) {
                wrong.add(parameter.name + " is missing");
            } else if (value.isPresent() && parameter.text && !isText(value.get())) {
                wrong.add(parameter.name + " must be a string");
            }
        }
        if (!wrong.isEmpty()) {
            throw new InvalidFieldException("arguments", args.text(), "must be right: " + String.join(", ", wrong));
        }
    }

    Optional<Json> in(Json args) {
        return args.at("/" + name).filter(value -> !text || !value.equals(Json.NULL));
    }

    /** The text in arguments that were checked. */
    Optional<String> textIn(Json args) {
        return in(args).map(value -> value.as(String.class));
    }

    private static boolean isText(Json value) {
        return value.text().startsWith("\"");
    }
}
