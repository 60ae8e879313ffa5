package dev.meerkat.server.internal.mcp;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.meerkat.server.ClientTools.Tool;
import dev.meerkat.server.internal.wire.Faults;
import dev.meerkat.wire.internal.Params;
import dev.meerkat.wire.internal.WireJson;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** Reads the tools that a host brings along, and the results of their calls. */
final class HostTools {
    private static final int MOST = 1_024;

    /** The only kind of tool: its host answers its calls. */
    private static final String CALLBACK = "callback";

    private HostTools() {}

    /** The argument {@code tools}; empty if there is none. */
    static List<Tool> tools(ObjectNode arguments) {
        return all(arguments, "tools", HostTools::tool);
    }

    private static Tool tool(Params given) {
        String name = given.text("name");
        if (name.isBlank()) {
            throw given.wrong("name", given.node("name"), "must not be blank");
        }
        String handler = given.optionalText("handler").orElse(CALLBACK);
        if (!handler.equals(CALLBACK)) {
            throw given.wrong("handler", given.node("handler"), "must be " + CALLBACK);
        }
        ObjectNode schema = given.object("input_schema").tree();
        return new Tool(name, given.text("description"), WireJson.json(schema));
    }

    /** The argument {@code tool_results}; empty if there is none. */
    static List<ToolResult> results(ObjectNode arguments) {
        return all(
                arguments,
                "tool_results",
                given -> new ToolResult(given.text("tool_use_id"), given.text("content"), given.flag("is_error")));
    }

    private static <T> List<T> all(ObjectNode arguments, String field, Function<Params, T> reader) {
        JsonNode given = arguments.path(field);
        if (given.isMissingNode() || given.isNull()) {
            return List.of();
        }
        if (!given.isArray() || given.size() > MOST) {
            throw Faults.badShape(field + " must be an array of at most " + MOST);
        }
        List<T> all = new ArrayList<>(given.size());
        for (JsonNode each : given) {
            if (!(each instanceof ObjectNode object)) {
                throw Faults.badShape(field + " must hold objects only");
            }
            all.add(reader.apply(Params.of(object)));
        }
        return all;
    }
}
