package dev.meerkat.webhooks;

import dev.meerkat.api.InvalidFieldException;
import dev.meerkat.api.JsonCodec;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Where a route finds a text of a delivery: its type, its source, or its idempotency key. Immutable and thread-safe.
 */
public abstract sealed class DeliveryField {
    private DeliveryField() {}

    /**
     * A header.
     *
     * @param name the name of the header
     * @return the field
     */
    public static DeliveryField header(String name) {
        return new Header(Verification.name(name, "header"));
    }

    /**
     * A part of the payload: a string, a number or a boolean.
     *
     * @param pointer a JSON pointer (RFC 6901) such as {@code /event/type}
     * @return the field
     * @throws InvalidFieldException if the pointer is malformed
     */
    public static DeliveryField pointer(String pointer) {
        return new Pointer(checkedPointer(pointer));
    }

    /**
     * The same text for each delivery.
     *
     * @param text the text, not blank
     * @return the field
     */
    public static DeliveryField constant(String text) {
        if (text.isBlank()) {
            throw new InvalidFieldException("constant", text, "must not be blank");
        }
        return new Constant(text);
    }

    /**
     * The first of several that a delivery has.
     *
     * @param fields the fields, in order
     * @return the field
     */
    public static DeliveryField firstOf(DeliveryField... fields) {
        return new FirstOf(List.of(fields));
    }

    /**
     * Several with a blank between them; there only if all are there.
     *
     * @param fields the fields, in order
     * @return the field
     */
    public static DeliveryField joined(DeliveryField... fields) {
        return new Joined(List.of(fields));
    }

    /**
     * A digest of type, source and body: a key for senders that give none and repeat the same bytes. Two deliveries that
     * say the same take effect once.
     *
     * @return the field
     */
    public static DeliveryField digest() {
        return new Digest();
    }

    static String checkedPointer(String pointer) {
        if (!pointer.startsWith("/")) {
            throw new InvalidFieldException("pointer", pointer, "must begin with /");
        }
        JsonCodec.installed().at("null", pointer);
        return pointer;
    }

    /** Reads it, without outer white space; empty if it is not there or blank. */
    abstract Optional<String> read(VerifiedDelivery delivery);

    private static final class Header extends DeliveryField {
        private final String name;

        Header(String name) {
            this.name = name;
        }

        @Override
        Optional<String> read(VerifiedDelivery delivery) {
            return delivery.request().header(name).filter(text -> !text.isBlank());
        }

        @Override
        public String toString() {
            return "the header " + name;
        }
    }

    private static final class Pointer extends DeliveryField {
        private final String pointer;

        Pointer(String pointer) {
            this.pointer = pointer;
        }

        @Override
        Optional<String> read(VerifiedDelivery delivery) {
            return delivery.content().text(pointer).map(String::strip).filter(text -> !text.isEmpty());
        }

        @Override
        public String toString() {
            return pointer + " of the payload";
        }
    }

    private static final class Constant extends DeliveryField {
        private final String text;

        Constant(String text) {
            this.text = text.strip();
        }

        @Override
        Optional<String> read(VerifiedDelivery delivery) {
            return Optional.of(text);
        }

        @Override
        public String toString() {
            return '"' + text + '"';
        }
    }

    private static final class FirstOf extends DeliveryField {
        private final List<DeliveryField> fields;

        FirstOf(List<DeliveryField> fields) {
            this.fields = fields;
        }

        @Override
        Optional<String> read(VerifiedDelivery delivery) {
            return fields.stream()
                    .flatMap(field -> field.read(delivery).stream())
                    .findFirst();
        }

        @Override
        public String toString() {
            return fields.stream().map(Object::toString).collect(Collectors.joining(", or "));
        }
    }

    private static final class Joined extends DeliveryField {
        private final List<DeliveryField> fields;

        Joined(List<DeliveryField> fields) {
            this.fields = fields;
        }

        @Override
        Optional<String> read(VerifiedDelivery delivery) {
            List<String> texts = fields.stream()
                    .flatMap(field -> field.read(delivery).stream())
                    .toList();
            return texts.size() == fields.size() ? Optional.of(String.join(" ", texts)) : Optional.empty();
        }

        @Override
        public String toString() {
            return fields.stream().map(Object::toString).collect(Collectors.joining(" and "));
        }
    }

    private static final class Digest extends DeliveryField {
        @Override
        Optional<String> read(VerifiedDelivery delivery) {
            return Optional.of(delivery.digest());
        }

        @Override
        public String toString() {
            return "a digest";
        }
    }
}
