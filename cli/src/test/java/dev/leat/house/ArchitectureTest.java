package dev.leat.house;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * Holds the poms and the classes of every module on this module's class path against ARCHITECTURE.md. Examples and
 * benchmarks are built after this module; their poms are checked here, and the compiler sees to the rest.
 */
class ArchitectureTest {
    private static final SourceTree TREE = SourceTree.here();
    private static final ArchitecturePage PAGE =
            ArchitecturePage.of(TREE.file("ARCHITECTURE.md").text());
    private static final Layers LAYERS = new Layers("dev.leat", PAGE.allowed());
    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("dev.leat");

    @Test
    void theCodeMapListsTheModulesOfTheBuildAndNoOthers() {
        assertThat(PAGE.codeMap())
                .containsExactlyInAnyOrderElementsOf(
                        Poms.modules(TREE.file("pom.xml").text()));
        assertThat(PAGE.allowed().keySet()).containsExactlyInAnyOrderElementsOf(PAGE.codeMap());
    }

    @Test
    void theTableItselfKeepsTheShapeOfTheHouse() {
        assertThat(PAGE.allowed().get("api")).as("api stands on the JDK alone").isEmpty();
        assertThat(PAGE.allowed().get("launcher"))
                .as("launcher sees nothing of ours")
                .isEmpty();
        PAGE.allowed().forEach((module, allowed) -> {
            if (module.matches("(stores|bridges)/.*|engine|wire|testkit")) {
                assertThat(allowed).as(module).containsExactly("api");
            }
        });
    }

    @Test
    void noPomAddsAnEdge() {
        Map<String, String> poms = PAGE.codeMap().stream()
                .collect(Collectors.toMap(
                        Function.identity(),
                        module -> TREE.file(module + "/pom.xml").text()));
        assertThat(Poms.violations(PAGE, poms)).isEmpty();
    }

    @Test
    void noClassUsesAModuleItMayNotUse() {
        assertThat(CLASSES).as("the classes under test").isNotEmpty();
        assertThat(LAYERS.violations(CLASSES)).isEmpty();
    }

    @Test
    void noPackagesFormACycle() {
        LAYERS.noPackageCycles().check(CLASSES);
    }

    @Test
    void nothingIsSerializedByJava() {
        Layers.noSerialization().forEach(rule -> rule.check(CLASSES));
    }
}
