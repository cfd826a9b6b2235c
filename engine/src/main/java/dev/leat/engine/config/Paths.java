package dev.leat.engine.config;

import dev.leat.api.Checks;

/** How a place in the configuration is called: {@code kinds.exec.commands.thumbnail.run[0]}. */
final class Paths {
    private Paths() {}

    /** A key below a path; quoted if it is not made of the characters that keys are made of. */
    static String under(String path, String key) {
        String shown = key.matches("[A-Za-z0-9_-]{1,63}") ? key : Checks.shown(key);
        return path.isEmpty() ? shown : path + "." + shown;
    }
}
