package dev.meerkat.springboot;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.springframework.aot.hint.annotation.Reflective;

/**
 * Marks a method of a bean that is called with events of a session, such as {@code void ended(TurnCompleted event)}. Its one
 * parameter is a {@link dev.meerkat.api.SessionEvent}, and says by its type which events it takes.
 *
 * <p>The method hears what happens while the application runs, one event at a time, in order. Nothing is stored: what
 * happens while the application is down is not told, and an event whose method throws is logged and not told again. What
 * must not be missed asks for {@link #keptAs}.
 *
 * <p>A session that is not there yet is told from its first event on, also one that takes the name of an archived one.
 * Each method takes one thread, a virtual one where turns run on those.
 */
@Documented
@Reflective
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface MeerkatListener {
    /**
     * The comms name of the session.
     *
     * @return the name, which may be a placeholder such as <code>${owner.name}</code>
     */
    String session();

    /**
     * Types of events, by their names on the wire such as {@code turn_completed}.
     *
     * @return the types; empty for all that the parameter takes
     */
    String[] type() default {};

    /**
     * A name under which it is stored how far the method was told, so that it is told at least once of each event in the log
     * that happens after its first start, also of what happens while the application is down; of several instances of the
     * application, one is told at a time. An event whose method throws is told again after a pause, and holds back what comes
     * after it. Events that are not in the log, such as pieces of an answer, are not told. Needs the module {@code
     * meerkat-webhooks}; the position is kept where those of notifications are.
     *
     * @return 1 to 90 letters, digits, dots, hyphens and underscores, which no other method has; empty for no position
     */
    String keptAs() default "";

    /**
     * The realm of the name.
     *
     * @return the realm
     */
    String realm() default "default";
}
