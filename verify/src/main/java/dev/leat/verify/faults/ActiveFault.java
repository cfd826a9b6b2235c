package dev.leat.verify.faults;

/** A fault that lasts until it is closed. Closing it again does nothing. */
@FunctionalInterface
public interface ActiveFault extends AutoCloseable {
    /** Mends what was broken. */
    @Override
    void close();
}
