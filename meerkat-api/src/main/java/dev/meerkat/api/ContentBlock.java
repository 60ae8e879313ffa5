package dev.meerkat.api;

/** A part of a message's content beside its body; an element of {@code blocks} on the wire. */
public sealed interface ContentBlock extends HasJson {
    /**
     * {@return what kind it is, as in {@link #toJson}, such as {@code text}} A getter, so that libraries that write
     * beans tell it too.
     */
    default String getType() {
        return TypeName.of(this);
    }

    /** {@return the bytes of the content in UTF-8, which count against {@link Limits#MESSAGE_BYTES}} */
    int sizeBytes();

    /**
     * Plain text.
     *
     * @param text the text, not blank
     */
    record Text(String text) implements ContentBlock {
        /** Checks the text. */
        public Text {
            Check.text(text, "blocks[].text", Limits.MESSAGE_BYTES);
        }

        @Override
        public int sizeBytes() {
            return Check.utf8Bytes(text, "blocks[].text");
        }
    }

    /**
     * An inline image.
     *
     * @param mediaType such as {@code image/png}
     * @param data the image in base64
     */
    record Image(String mediaType, String data) implements ContentBlock {
        /** Checks both parts. */
        public Image {
            Check.name(mediaType, "blocks[].media_type", Limits.NAME_CHARS);
            Check.text(data, "blocks[].data", Limits.MESSAGE_BYTES);
        }

        @Override
        public int sizeBytes() {
            return data.length();
        }
    }

    /**
     * A block of a type that this version does not know, kept as it came.
     *
     * @param type the unknown type
     * @param raw the whole block
     */
    record Unrecognized(String type, Json raw) implements ContentBlock {
        /** Checks both parts. */
        public Unrecognized {
            Check.notNull(type, "blocks[].type");
            Check.notNull(raw, "blocks[].raw");
        }

        @Override
        public int sizeBytes() {
            return raw.sizeBytes();
        }
    }
}
