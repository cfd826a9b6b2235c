package dev.leat.bench;

/** Something that can be measured by itself. Stateless, so that it may be measured again. */
public interface Scenario {
    /** As on the command line: lower case, words joined by hyphens. */
    String name();

    /** What is measured, as the end of a sentence. */
    String title();

    /** Measures it, which may take minutes. */
    Findings measure(Bench bench) throws Exception;
}
