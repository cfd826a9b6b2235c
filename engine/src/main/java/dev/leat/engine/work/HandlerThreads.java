package dev.leat.engine.work;

/** Where handlers run. Thread-safe. */
@FunctionalInterface
public interface HandlerThreads {
    /** Each on a virtual thread of its own. */
    HandlerThreads VIRTUAL = (name, handler) -> Thread.ofVirtual().name(name).start(handler)::interrupt;

    /**
     * Has a handler run, on another thread or later.
     *
     * @return interrupts it; may be called at any time, also when it has ended
     */
    Runnable start(String name, Runnable handler);
}
