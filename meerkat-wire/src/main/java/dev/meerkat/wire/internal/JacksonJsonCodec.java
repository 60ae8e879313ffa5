package dev.meerkat.wire.internal;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import dev.meerkat.api.HasJson;
import dev.meerkat.api.InvalidFieldException;
import dev.meerkat.api.JsonBinder;
import dev.meerkat.api.JsonCodec;
import dev.meerkat.wire.internal.form.ValueForm;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;
import org.jspecify.annotations.Nullable;

/** The JSON codec on Jackson 2, which leaves Java types to a {@link JsonBinder} if one is installed. Thread-safe. */
public final class JacksonJsonCodec implements JsonCodec {
    static final String FIELD = "json";
    private static final int SHOWN_CHARS = 200;

    private final JsonBinder binder;

    /** For the service loader. */
    public JacksonJsonCodec() {
        this(ServiceLoader.load(JsonBinder.class, JsonBinder.class.getClassLoader()).stream()
                .map(ServiceLoader.Provider::get)
                .toList());
    }

    JacksonJsonCodec(List<JsonBinder> installed) {
        if (installed.size() > 1) {
            throw new IllegalStateException(
                    "at most one " + JsonBinder.class.getName() + " may be installed, found " + installed);
        }
        binder = installed.isEmpty() ? new Jackson2Binder() : installed.get(0);
    }

    @Override
    public String normalize(String text) {
        try (JsonParser parser = JsonText.STRICT.createParser(text)) {
            if (parser.nextToken() == null) {
                throw new InvalidFieldException(FIELD, text, "has no JSON value");
            }
            String normalized = JsonText.copy(parser);
            if (parser.nextToken() != null) {
                throw new InvalidFieldException(FIELD, text, "has more than one JSON value");
            }
            return wellFormed(normalized, text);
        } catch (IOException e) {
            throw refused(text, "is not JSON as it must be", e);
        }
    }

    /** An escape such as {@code \ud800} can bring in half a character, which has no UTF-8 form. */
    private static String wellFormed(String normalized, String text) {
        boolean escaped = text.indexOf('\\') >= 0;
        if (escaped && !StandardCharsets.UTF_8.newEncoder().canEncode(normalized)) {
            throw new InvalidFieldException(FIELD, text, "has an unpaired surrogate, so it has no UTF-8 form");
        }
        return normalized;
    }

    @Override
    public String write(@Nullable Object value) {
        return binder.write(value);
    }

    @Override
    public <T> T read(String text, Class<T> type) {
        return binder.read(text, type);
    }

    @Override
    public String form(HasJson value) {
        return ValueForm.text(value);
    }

    @Override
    public String canonical(String text) {
        try (JsonParser parser = JsonText.NESTED.createParser(text)) {
            parser.nextToken();
            return CanonicalJson.read(parser);
        } catch (IOException e) {
            throw refused(text, "is not JSON as it must be", e);
        }
    }

    @Override
    public Optional<String> at(String text, String pointer) {
        Pointer way = Pointer.parse(pointer);
        try (JsonParser parser = JsonText.NESTED.createParser(text)) {
            boolean found = parser.nextToken() != null && way.find(parser);
            return found ? Optional.of(JsonText.copy(parser)) : Optional.empty();
        } catch (IOException e) {
            throw refused(text, "is not JSON as it must be", e);
        }
    }

    static InvalidFieldException refused(String shown, String problem, IOException cause) {
        String detail = cause.getMessage();
        String place = "";
        if (cause instanceof JacksonException jackson) {
            detail = WireJson.ofText(jackson.getOriginalMessage());
            JsonLocation at = jackson.getLocation();
            boolean known = at != null && at.getLineNr() > 0;
            place = known ? " at line " + at.getLineNr() + ", column " + at.getColumnNr() : "";
        }
        return new InvalidFieldException(FIELD, shown, problem + " (" + oneLine(detail) + place + ")", cause);
    }

    private static String oneLine(@Nullable String detail) {
        String text = detail == null ? "" : detail.lines().findFirst().orElse("");
        return text.length() <= SHOWN_CHARS ? text : text.substring(0, SHOWN_CHARS) + "...";
    }
}
