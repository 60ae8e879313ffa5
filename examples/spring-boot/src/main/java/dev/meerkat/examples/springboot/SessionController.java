package dev.meerkat.examples.springboot;

import dev.meerkat.api.HistoryPage;
import dev.meerkat.api.Meerkat;
import dev.meerkat.api.SessionNotFoundException;
import dev.meerkat.springboot.SessionEventStreams;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.servlet.mvc.method.annotation.ResponseBodyEmitter;

/** What a web page reads of sessions. */
// snippet: spring-boot-sessions
@RestController
class SessionController {
    private final Meerkat meerkat;
    private final SessionEventStreams streams;

    SessionController(Meerkat meerkat, SessionEventStreams streams) {
        this.meerkat = meerkat;
        this.streams = streams;
    }

    @GetMapping("/sessions/{name}/history")
    HistoryPage history(@PathVariable String name) throws InterruptedException {
        return meerkat.open(name).history(0, 100);
    }

    @GetMapping("/sessions/{name}/events")
    ResponseBodyEmitter events(
            @PathVariable String name, @RequestHeader(name = "Last-Event-ID", required = false) @Nullable String last)
            throws InterruptedException {
        return streams.of(meerkat.open(name), last);
    }

    @ExceptionHandler(SessionNotFoundException.class)
    @ResponseStatus(HttpStatus.NOT_FOUND)
    void notFound() {}
}
// end
