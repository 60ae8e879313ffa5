package dev.meerkat.examples.springboot;

import dev.meerkat.api.ExternalEvent;
import dev.meerkat.api.Json;
import dev.meerkat.springboot.TransactionOutbox;
import java.util.Map;
import org.springframework.context.annotation.Profile;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

/** What people write about builds: a row of the application, and an event for the owner, both or neither. */
@RestController
@Profile("postgresql")
class BuildNotes {
    private final JdbcTemplate jdbc;
    private final TransactionOutbox outbox;

    BuildNotes(JdbcTemplate jdbc, TransactionOutbox outbox) {
        this.jdbc = jdbc;
        this.outbox = outbox;
        jdbc.execute("CREATE TABLE IF NOT EXISTS build_note (run integer PRIMARY KEY, note text NOT NULL)");
    }

    // snippet: spring-boot-outbox
    @Transactional
    @PostMapping("/builds/{run}/note")
    public void note(@PathVariable int run, @RequestBody String note) {
        jdbc.update("INSERT INTO build_note VALUES (?, ?)", run, note);
        Json payload = Json.of(Map.of("run", run, "note", note));
        outbox.send("owner", ExternalEvent.genericJson("build_noted", payload));
    }
    // end
}
