package dev.leat.wire;

@Doc("What became of one handle.")
public record HandleAnswer(
        String handle,

        @Doc("False if the job is not the caller's any more: its lease has ended, or it was settled before.")
        boolean accepted) {}
