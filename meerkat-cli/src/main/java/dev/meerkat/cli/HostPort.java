package dev.meerkat.cli;

import dev.meerkat.api.InvalidFieldException;
import java.net.InetAddress;
import java.net.UnknownHostException;
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

    /** Refuses to listen for other machines without a token. */
    void needsToken(String option, boolean tokenGiven) {
        boolean local;
        try {
            local = InetAddress.getByName(host).isLoopbackAddress();
        } catch (UnknownHostException e) {
            throw new InvalidFieldException(option, text(), "names a host that is not known", e);
        }
        if (!local && !tokenGiven) {
            throw new InvalidFieldException(
                    option, text(), "can be reached by other machines, so give --token-file FILE or MEERKAT_TOKEN");
        }
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
