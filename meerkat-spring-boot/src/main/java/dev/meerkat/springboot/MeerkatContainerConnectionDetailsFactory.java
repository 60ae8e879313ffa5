package dev.meerkat.springboot;

import java.net.URI;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.testcontainers.service.connection.ContainerConnectionDetailsFactory;
import org.springframework.boot.testcontainers.service.connection.ContainerConnectionSource;
import org.testcontainers.containers.Container;

/** Finds the server in a container of Testcontainers with {@code @ServiceConnection("meerkat")}. */
final class MeerkatContainerConnectionDetailsFactory
        extends ContainerConnectionDetailsFactory<Container<?>, MeerkatConnectionDetails> {
    MeerkatContainerConnectionDetailsFactory() {
        super(ServerInContainer.NAME, ServerInContainer.CLIENT);
    }

    @Override
    protected MeerkatConnectionDetails getContainerConnectionDetails(ContainerConnectionSource<Container<?>> source) {
        return new Details(source);
    }

    /** Asks the container when it is asked itself, which starts it. */
    private static final class Details extends ContainerConnectionDetails<Container<?>>
            implements MeerkatConnectionDetails {
        Details(ContainerConnectionSource<Container<?>> source) {
            super(source);
        }

        @Override
        public URI url() {
            Container<?> server = getContainer();
            return ServerInContainer.url(
                    server.getHost(), server.getMappedPort(ServerInContainer.port(server.getExposedPorts())));
        }

        @Override
        public @Nullable String token() {
            return getContainer().getEnvMap().get(ServerInContainer.TOKEN);
        }
    }
}
