package dev.leat.wire;

@Doc("Why an attempt did not succeed.")
public record FailureView(
        @Doc("One sentence.") String message,
        @Doc("Such as a stack trace; may be empty.") String detail) {}
