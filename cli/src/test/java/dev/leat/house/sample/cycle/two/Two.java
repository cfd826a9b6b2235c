package dev.leat.house.sample.cycle.two;

import dev.leat.house.sample.cycle.one.One;

/** The other half. */
public record Two(One one) {}
