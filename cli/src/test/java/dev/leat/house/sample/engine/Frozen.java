package dev.leat.house.sample.engine;

import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.Serializable;

/** Breaks both rules about Java serialization. */
public record Frozen(int value) implements Serializable {
    static Object thaw(ObjectInputStream in) throws IOException, ClassNotFoundException {
        return in.readObject();
    }
}
