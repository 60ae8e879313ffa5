package dev.meerkat.examples.springboot;

import dev.meerkat.api.SessionEvent.TurnCompleted;
import dev.meerkat.springboot.MeerkatListener;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/** Logs what the owner says. */
@Component
class OwnerLog {
    private static final Logger LOG = LoggerFactory.getLogger(OwnerLog.class);

    // snippet: spring-boot-listener
    @MeerkatListener(session = "owner")
    void answered(TurnCompleted event) {
        LOG.info("the owner says: {}", event.text());
    }
    // end
}
