package dev.meerkat.langchain4j;

import dev.langchain4j.agent.tool.Tool;
import dev.langchain4j.agent.tool.ToolExecutionRequest;
import dev.langchain4j.agent.tool.ToolSpecification;
import dev.langchain4j.agent.tool.ToolSpecifications;
import dev.langchain4j.exception.ToolExecutionException;
import dev.langchain4j.invocation.InvocationContext;
import dev.langchain4j.invocation.InvocationParameters;
import dev.langchain4j.service.tool.DefaultToolExecutor;
import dev.langchain4j.service.tool.ToolExecutionResult;
import dev.meerkat.agent.ChatTool;
import dev.meerkat.api.Json;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/** Methods that are tools of LangChain4j, as tools of an agent. */
public final class LangChain4jTools {
    /** The name of the invocation parameter that is the idempotency key of a call. */
    public static final String KEY = "idempotency_key";

    private static final Json NO_PARAMETERS = Json.parse("{\"type\":\"object\",\"properties\":{}}");

    private LangChain4jTools() {}

    /**
     * The public methods with {@link Tool} of some objects, in the order of their names.
     *
     * <p>The model reads what a method returns: a text, or else its JSON; and the message of what it throws. Arguments that
     * do not fit are such a message, too. A parameter of the type {@link InvocationParameters} is not seen by the model; it
     * holds the key of the call as {@link #KEY}, which stays the same if the call is made again after a crash. The methods are
     * called by several threads at once.
     *
     * @param objects what has the methods
     * @return the tools, for {@link dev.meerkat.agent.ChatAgent#tools}
     * @throws IllegalArgumentException if an object has no such method, or two have the same name
     */
    public static ChatTool[] of(Object... objects) {
        List<ChatTool> tools = new ArrayList<>();
        for (Object object : objects) {
            List<Method> methods = Arrays.stream(object.getClass().getMethods())
                    .filter(method -> method.isAnnotationPresent(Tool.class) && !method.isBridge())
                    .sorted(Comparator.comparing(Method::getName))
                    .toList();
            if (methods.isEmpty()) {
                throw new IllegalArgumentException(
                        "no public method of " + object.getClass().getName() + " has @Tool");
            }
            methods.forEach(method -> tools.add(tool(object, method)));
        }
        List<String> names = tools.stream().map(ChatTool::name).toList();
        if (names.stream().distinct().count() < names.size()) {
            throw new IllegalArgumentException("two tools have the same name: " + names);
        }
        return tools.toArray(ChatTool[]::new);
    }

    private static ChatTool tool(Object object, Method method) {
        ToolSpecification specification = ToolSpecifications.toolSpecificationFrom(method);
        DefaultToolExecutor executor = DefaultToolExecutor.builder()
                .object(object)
                .originalMethod(method)
                .methodToInvoke(method)
                .wrapToolArgumentsExceptions(true)
                .propagateToolExecutionExceptions(true)
                .build();
        Json parameters = Json.parse(specification.toJson()).at("/parameters").orElse(NO_PARAMETERS);
        String description = specification.description() == null ? "" : specification.description();
        return new ChatTool(
                specification.name(),
                description,
                parameters,
                (arguments, key) -> call(executor, method, specification.name(), arguments, key));
    }

    private static Json call(DefaultToolExecutor executor, Method method, String name, Json arguments, String key)
            throws Exception {
        ToolExecutionRequest request = ToolExecutionRequest.builder()
                .id(key)
                .name(name)
                .arguments(arguments.text())
                .build();
        InvocationContext context = InvocationContext.builder()
                .invocationParameters(InvocationParameters.from(KEY, key))
                .build();
        try {
            return result(method, executor.executeWithContext(request, context));
        } catch (ToolExecutionException e) {
            // What the method has thrown says more than what is around it.
            throw e.getCause() instanceof Exception thrown ? thrown : e;
        }
    }

    private static Json result(Method method, ToolExecutionResult result) {
        String text = result.resultText();
        boolean isText = method.getReturnType() == String.class || method.getReturnType() == void.class;
        return isText ? Json.of(text) : Json.parse(text);
    }
}
