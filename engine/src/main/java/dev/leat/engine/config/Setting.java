package dev.leat.engine.config;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * A component of a configuration record. Its key in the file is its name in snake case.
 *
 * <p>The default is written as it would stand in the file and is read in the same way, so that what the reference page says is
 * what holds. A component of another configuration record needs none: it has the defaults of its own components. Without a
 * default, a component must be given, unless it is an {@link java.util.Optional}.
 */
@Documented
@Target(ElementType.RECORD_COMPONENT)
@Retention(RetentionPolicy.RUNTIME)
public @interface Setting {
    /** What it is for, as one sentence for the reference page. */
    String value();

    /** The default as YAML; an empty text is {@code ''}. Nothing means that there is none. */
    String defaultsTo() default "";

    /** What is allowed beyond what the type says, such as {@code 1 to 10000}. The record's constructor checks it. */
    String allowed() default "";

    /** A value for the example on the reference page, as YAML, where the default would teach nothing. */
    String example() default "";

    /** Whether the whole record may be written as just this component's value; for one component of a record at most. */
    boolean shorthand() default false;
}
