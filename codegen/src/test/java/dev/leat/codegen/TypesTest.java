package dev.leat.codegen;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.leat.api.QueueName;
import dev.leat.wire.Doc;
import dev.leat.wire.RawJson;
import dev.leat.wire.Shape;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Every shape there is, on an example of its own: what the real types look like may change, this may not. */
class TypesTest {
    @Doc("How water runs.")
    enum Flow {
        STILL,
        IN_SPATE
    }

    @Doc("A gate, which ends */ no comment.")
    record Gate(QueueName name, boolean open) {}

    @Doc("A mill.")
    record Mill(
            @Doc("What it is called.") String name,

            @Doc("When it was built, as far as the parish register and the stones themselves can still tell us today,"
                    + " which is not very far.")
            @Nullable
            Instant built,

            int wheels,
            @Nullable Long litres,
            Flow flow,
            @Nullable Gate main,
            List<Gate> gates,
            @Nullable RawJson note) {}

    record Order(
            int sacks, @Nullable Integer price, @Nullable RawJson note) {}

    @Test
    void everyShapeHasItsType() {
        assertThat(new Types(List.of(Shape.of(Order.class)), List.of(Shape.of(Mill.class))).text())
                .isEqualTo("""
                    declare const brand: unique symbol;

                    export interface Order {
                      readonly sacks: number;
                      readonly price?: number | null;
                      readonly note?: unknown;
                    }

                    /** A date and time with an offset, ISO-8601. */
                    export type Instant = string & { readonly [brand]: 'Instant' };

                    export const flows = ['still', 'in_spate'] as const;

                    /** How water runs. */
                    export type Flow = (typeof flows)[number];

                    /** 1 to 63 characters of a-z, 0-9, '.', '_' and '-', the first a letter or a digit. */
                    export type QueueName = string & { readonly [brand]: 'QueueName' };

                    /** Whether a text is one. */
                    export function isQueueName(text: string): text is QueueName {
                      return /^[a-z0-9][a-z0-9._-]{0,62}$/.test(text);
                    }

                    /** A gate, which ends * / no comment. */
                    export interface Gate {
                      readonly name: QueueName;
                      readonly open: boolean;
                    }

                    /** A mill. */
                    export interface Mill {
                      /** What it is called. */
                      readonly name: string;
                      /**
                       * When it was built, as far as the parish register and the stones themselves can still tell us today, which is not
                       * very far.
                       */
                      readonly built: Instant | null;
                      readonly wheels: number;
                      readonly litres: number | null;
                      readonly flow: Flow;
                      readonly main: Gate | null;
                      readonly gates: readonly Gate[];
                      readonly note: unknown;
                    }
                    """);
    }

    @Test
    void anObjectThatIsAskedWithAndAnsweredIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Types(List.of(Shape.of(Gate.class)), List.of(Shape.of(Mill.class))))
                .withMessageContaining("Gate");
    }
}
