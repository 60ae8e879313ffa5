package dev.meerkat.client.internal.rpc;

import dev.meerkat.api.Json;
import dev.meerkat.client.CallbackTool;

/** Tools of the tests. */
final class CallbackTools {
    private CallbackTools() {}

    static CallbackTool named(String name, CallbackTool.Handler handler) {
        return new CallbackTool(name, "a tool", Json.parse("{\"type\":\"object\"}"), handler);
    }

    static CallbackTool echo() {
        return named(
                "echo", call -> call.id().orElse("-") + " " + call.arguments().text());
    }
}
