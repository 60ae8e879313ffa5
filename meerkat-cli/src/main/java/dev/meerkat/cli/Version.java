package dev.meerkat.cli;

import java.io.IOException;
import java.io.InputStream;
import java.util.Properties;
import picocli.CommandLine.IVersionProvider;

/** What {@code --version} says. */
final class Version implements IVersionProvider {
    Version() {}

    @Override
    public String[] getVersion() throws IOException {
        Properties properties = new Properties();
        try (InputStream stored = Version.class.getResourceAsStream("version.properties")) {
            properties.load(stored);
        }
        return new String[] {"meerkat " + properties.getProperty("version"), "Java " + Runtime.version()};
    }
}
