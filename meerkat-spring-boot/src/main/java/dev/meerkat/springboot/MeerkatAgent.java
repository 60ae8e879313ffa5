package dev.meerkat.springboot;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Says which sessions a bean of type {@link dev.meerkat.core.agent.Agent} answers. It stands on the class of the bean, or on
 * its {@code @Bean} method.
 *
 * <p>A session is answered by the first bean of which a name or a label fits, in the order that {@code @Order} gives the
 * beans. The bean without this annotation answers all other sessions. See {@link dev.meerkat.core.agent.AgentRouter} for
 * sessions that nobody answers.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.TYPE, ElementType.METHOD})
public @interface MeerkatAgent {
    /**
     * Comms names of the sessions.
     *
     * @return names, in which {@code *} stands for any characters
     */
    String[] name() default {};

    /**
     * Labels of the sessions; one that fits is enough.
     *
     * @return each as {@code key=value}
     */
    String[] label() default {};
}
