package dev.leat.house.sample.cycle.one;

import dev.leat.house.sample.cycle.two.Two;

/** Half of a cycle. */
public record One(Two two) {}
