package dev.meerkat.peers;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** What peers are told of a method of an interface of {@link Intents}. */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface Intent {
    /**
     * The intent of the requests.
     *
     * @return the intent; empty for the method's name with underscores, {@code disk_free} for {@code diskFree}
     */
    String value() default "";

    /**
     * What it does, for people and models.
     *
     * @return one sentence, may be empty
     */
    String description() default "";
}
