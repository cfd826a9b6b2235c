package dev.leat.engine.config;

import java.util.List;
import java.util.Map;

/** What stands in the file, before anyone knows what it is meant to be. */
sealed interface Node {
    Place place();

    /** As a message calls it. */
    String described();

    /**
     * A value as it is written, without quotes.
     *
     * @param literal whether it is taken as it is, without looking for variables in it
     */
    record Scalar(Place place, String text, boolean quoted, boolean literal) implements Node {
        /** Whether nothing at all is written behind the key. */
        boolean isNothing() {
            return text.isEmpty() && !quoted;
        }

        @Override
        public String described() {
            return "a single value";
        }
    }

    record Sequence(Place place, List<Node> items) implements Node {
        @Override
        public String described() {
            return "a list";
        }
    }

    /**
     * Keys and their values.
     *
     * @param entries in the order of the file
     */
    record Mapping(Place place, Map<String, Entry> entries) implements Node {
        @Override
        public String described() {
            return "a section";
        }
    }

    /** What was told to be a mistake already, such as an alias. */
    record Refused(Place place) implements Node {
        @Override
        public String described() {
            return "not a value";
        }
    }

    /**
     * What stands behind a key.
     *
     * @param place the key's
     */
    record Entry(Place place, Node value) {}
}
