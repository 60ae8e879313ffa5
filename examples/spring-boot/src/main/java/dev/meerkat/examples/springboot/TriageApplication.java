package dev.meerkat.examples.springboot;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;

/** Takes the webhooks of GitHub; a triage session tells the owner of the build, and a browser sees what the owner says. */
@SpringBootApplication(proxyBeanMethods = false)
public class TriageApplication {
    /**
     * Starts the application.
     *
     * @param args as Spring Boot takes them
     */
    public static void main(String[] args) {
        SpringApplication.run(TriageApplication.class, args);
    }
}
