package dev.meerkat.opentelemetry;

import io.opentelemetry.api.common.AttributeKey;
import java.util.List;

/**
 * All names of spans and attributes: those of the GenAI conventions of OpenTelemetry (semantic-conventions-genai 0.1.0,
 * with semantic-conventions 1.45.0), of its messaging conventions, and our own. Both conventions are in development, so
 * the names may change with them, and they change here.
 */
final class Conventions {
    static final String SCHEMA_URL = "https://opentelemetry.io/schemas/1.45.0";

    // Messaging.
    static final AttributeKey<String> MESSAGING_SYSTEM = AttributeKey.stringKey("messaging.system");
    static final AttributeKey<String> OPERATION_NAME = AttributeKey.stringKey("messaging.operation.name");
    static final AttributeKey<String> OPERATION_TYPE = AttributeKey.stringKey("messaging.operation.type");
    static final AttributeKey<String> DESTINATION = AttributeKey.stringKey("messaging.destination.name");
    static final AttributeKey<String> MESSAGE_ID = AttributeKey.stringKey("messaging.message.id");
    static final AttributeKey<Long> BATCH_SIZE = AttributeKey.longKey("messaging.batch.message_count");
    static final String MEERKAT = "meerkat";
    static final String SEND = "send";
    static final String PROCESS = "process";

    // GenAI.
    static final AttributeKey<String> GENAI_OPERATION = AttributeKey.stringKey("gen_ai.operation.name");
    static final AttributeKey<String> CONVERSATION = AttributeKey.stringKey("gen_ai.conversation.id");
    static final AttributeKey<String> AGENT_NAME = AttributeKey.stringKey("gen_ai.agent.name");
    static final AttributeKey<String> PROVIDER = AttributeKey.stringKey("gen_ai.provider.name");
    static final AttributeKey<String> REQUEST_MODEL = AttributeKey.stringKey("gen_ai.request.model");
    static final AttributeKey<Long> INPUT_TOKENS = AttributeKey.longKey("gen_ai.usage.input_tokens");
    static final AttributeKey<Long> OUTPUT_TOKENS = AttributeKey.longKey("gen_ai.usage.output_tokens");
    static final AttributeKey<String> TOOL_NAME = AttributeKey.stringKey("gen_ai.tool.name");
    static final AttributeKey<String> TOOL_CALL = AttributeKey.stringKey("gen_ai.tool.call.id");
    static final AttributeKey<String> TOOL_TYPE = AttributeKey.stringKey("gen_ai.tool.type");
    static final String INVOKE_AGENT = "invoke_agent";
    static final String CHAT = "chat";
    static final String EXECUTE_TOOL = "execute_tool";
    static final String FUNCTION = "function";

    // Errors.
    static final AttributeKey<String> ERROR_TYPE = AttributeKey.stringKey("error.type");

    // Our own.
    static final AttributeKey<String> TURN = AttributeKey.stringKey("meerkat.turn.id");
    static final AttributeKey<Long> ATTEMPT = AttributeKey.longKey("meerkat.turn.attempt");
    static final AttributeKey<String> OUTCOME = AttributeKey.stringKey("meerkat.turn.outcome");
    static final AttributeKey<List<String>> INPUT_KINDS = AttributeKey.stringArrayKey("meerkat.input.kinds");
    static final AttributeKey<String> MESSAGE_KIND = AttributeKey.stringKey("meerkat.message.kind");

    private Conventions() {}
}
