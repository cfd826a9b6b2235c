package dev.leat.cli.screen;

/** Something to be done if the program is told to stop before this is closed. */
public final class AtExit implements AutoCloseable {
    private final Thread hook;

    private AtExit(Thread hook) {
        this.hook = hook;
    }

    /** The program does not end before it has returned. */
    public static AtExit does(String name, Runnable what) {
        Thread hook = new Thread(what, name);
        Runtime.getRuntime().addShutdownHook(hook);
        return new AtExit(hook);
    }

    @Override
    public void close() {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // The program is on its way out, and the hook runs.
        }
    }
}
