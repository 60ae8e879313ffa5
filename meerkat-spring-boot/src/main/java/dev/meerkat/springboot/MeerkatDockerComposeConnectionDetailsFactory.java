package dev.meerkat.springboot;

import java.net.URI;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.docker.compose.core.RunningService;
import org.springframework.boot.docker.compose.service.connection.DockerComposeConnectionDetailsFactory;
import org.springframework.boot.docker.compose.service.connection.DockerComposeConnectionSource;

/** Finds the server in a service of Docker Compose that is labelled {@code meerkat}. */
final class MeerkatDockerComposeConnectionDetailsFactory
        extends DockerComposeConnectionDetailsFactory<MeerkatConnectionDetails> {
    MeerkatDockerComposeConnectionDetailsFactory() {
        super(ServerInContainer.NAME, ServerInContainer.CLIENT);
    }

    @Override
    protected MeerkatConnectionDetails getDockerComposeConnectionDetails(DockerComposeConnectionSource source) {
        return new Details(source.getRunningService());
    }

    private static final class Details extends DockerComposeConnectionDetails implements MeerkatConnectionDetails {
        private final URI url;
        private final @Nullable String token;

        Details(RunningService service) {
            super(service);
            List<Integer> published = service.ports().getAll("tcp");
            int port =
                    published.size() == 1 ? published.get(0) : service.ports().get(ServerInContainer.PORT);
            this.url = ServerInContainer.url(service.host(), port);
            this.token = service.env().get(ServerInContainer.TOKEN);
        }

        @Override
        public URI url() {
            return url;
        }

        @Override
        public @Nullable String token() {
            return token;
        }
    }
}
