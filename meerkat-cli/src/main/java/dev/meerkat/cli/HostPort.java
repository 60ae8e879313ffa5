package dev.meerkat.cli;

import dev.meerkat.api.InvalidFieldException;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Where to listen, or to connect. */
record HostPort(String host, int port) {
    private static final int LAST_PORT = 65_535;

    static HostPort parse(String field, String text) {
        int colon = text.lastIndexOf(':');
        String host = colon < 0 ? "" : text.substring(0, colon);
        if (host.startsWith("[") && host.endsWith("]")) {
            host = host.substring(1, host.length() - 1);
        }
        int port;
        try {
            port = Integer.parseInt(text.substring(colon + 1));
        } catch (NumberFormatException e) {
            port = -1;
        }
        if (host.isBlank() || port < 0 || port > LAST_PORT) {
            throw new InvalidFieldException(field, text, "must be HOST:PORT");
        }
        return new HostPort(host, port);
    }

    String text() {
        return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
    }

    /** Reads it from the command line. */
    static final class Converter implements ITypeConverter<HostPort> {
        Converter() {}

        @Override
        public HostPort convert(String value) {
            try {
                return parse("the address", value);
            } catch (InvalidFieldException e) {
                throw new TypeConversionException(e.getMessage());
            }
        }
    }
}
