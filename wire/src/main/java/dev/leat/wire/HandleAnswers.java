package dev.leat.wire;

import java.util.List;

@Doc("For each handle, in the order they were given, whether the job was still the caller's and it was done.")
public record HandleAnswers(List<HandleAnswer> answers) {}
