package dev.meerkat.springboot;

import java.net.URI;
import java.util.List;

/** What is known of a container in which {@code meerkat serve --rest} runs. */
final class ServerInContainer {
    /** No image has this server, so it is the name that {@code @ServiceConnection} or the label of a service gives. */
    static final String NAME = "meerkat";

    /** Without the client there is nobody to connect. */
    static final String CLIENT = "dev.meerkat.client.MeerkatClient";

    /** Of {@code --rest}, as the documentation has it. */
    static final int PORT = 8080;

    /** The variable from which the server reads its token. */
    static final String TOKEN = "MEERKAT_TOKEN";

    private ServerInContainer() {}

    /** The port within the container: of several, the one that the documentation has. */
    static int port(List<Integer> exposed) {
        return exposed.size() == 1 ? exposed.get(0) : PORT;
    }

    static URI url(String host, int port) {
        return URI.create("http://" + host + ":" + port);
    }
}
