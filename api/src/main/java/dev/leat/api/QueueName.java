package dev.leat.api;

/**
 * The queue a job waits in; each queue is kept by one store.
 *
 * @param value 1 to 63 characters of {@code a-z 0-9 . _ -}, the first a letter or digit
 */
public record QueueName(String value) implements Comparable<QueueName> {
    /** The queue of jobs that name none. */
    public static final QueueName DEFAULT = new QueueName("default");

    /** Refuses what is no name, with an {@link InvalidValueException} for the field {@code queue}. */
    public QueueName {
        Checks.name("queue", value);
    }

    @Override
    public int compareTo(QueueName other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
