package dev.leat.house.sample.postgres;

import dev.leat.house.sample.engine.Engine;

/** Breaks the rule that a store never sees the engine, by way of an array. */
public final class Store {
    int count(Engine... engines) {
        return engines.length;
    }
}
