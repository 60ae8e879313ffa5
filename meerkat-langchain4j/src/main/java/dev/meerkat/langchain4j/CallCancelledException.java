package dev.meerkat.langchain4j;

import dev.langchain4j.exception.NonRetriableException;

/** A call was cancelled. LangChain4j makes a failed call again, unless it knows the failure to stay. */
final class CallCancelledException extends NonRetriableException {
    private static final long serialVersionUID = 1L;

    CallCancelledException() {
        super("the call was cancelled");
    }
}
