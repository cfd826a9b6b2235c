package dev.leat.house;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchRule;
import dev.leat.house.sample.cycle.one.One;
import dev.leat.house.sample.cycle.two.Two;
import dev.leat.house.sample.engine.Engine;
import dev.leat.house.sample.engine.Failure;
import dev.leat.house.sample.engine.Frozen;
import dev.leat.house.sample.outside.Stray;
import dev.leat.house.sample.postgres.Store;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Shows each rule about classes a sample that breaks it. */
class LayersTest {
    private static final String ROOT = "dev.leat.house.sample";

    private final Layers strict = new Layers(ROOT, Map.of("engine", Set.of(), "stores/postgres", Set.of()));

    @Test
    void aForbiddenEdgeIsFound() {
        assertThat(strict.violations(classes(Store.class, Engine.class)))
                .containsExactly(ROOT + ".postgres.Store: stores/postgres may not use engine");
    }

    @Test
    void anAllowedEdgeIsNot() {
        Layers loose = new Layers(ROOT, Map.of("engine", Set.of(), "stores/postgres", Set.of("engine")));
        assertThat(loose.violations(classes(Store.class, Engine.class))).isEmpty();
    }

    @Test
    void aClassOutsideEveryModuleIsFound() {
        assertThat(strict.violations(classes(Stray.class)))
                .containsExactly(ROOT + ".outside.Stray: lives outside every module's package");
    }

    @Test
    void aCycleIsFound() {
        assertThat(broken(strict.noPackageCycles(), classes(One.class, Two.class)))
                .isTrue();
        assertThat(broken(strict.noPackageCycles(), classes(Store.class, Engine.class)))
                .isFalse();
    }

    @Test
    void serializationIsFound() {
        assertThat(Layers.noSerialization())
                .allMatch(rule -> broken(rule, classes(Frozen.class)))
                .noneMatch(rule -> broken(rule, classes(Failure.class, Thread.State.class)));
    }

    private static boolean broken(ArchRule rule, JavaClasses classes) {
        return rule.evaluate(classes).hasViolation();
    }

    private static JavaClasses classes(Class<?>... types) {
        return new ClassFileImporter().importClasses(types);
    }
}
