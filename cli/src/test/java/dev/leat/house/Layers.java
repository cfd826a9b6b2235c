package dev.leat.house;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.lang.conditions.ArchConditions.dependOnClassesThat;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.lang.ArchRule;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.Serializable;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The rules that compiled classes must keep. The classes of module {@code stores/postgres} are those below
 * {@code root.postgres}: the root package and the last folder of the module.
 */
record Layers(String root, Map<String, Set<String>> allowed) {

    /** Classes that use a module theirs may not use, and classes that live outside every module's package. */
    List<String> violations(JavaClasses classes) {
        Map<String, String> modules =
                allowed.keySet().stream().collect(Collectors.toMap(Layers::lastFolder, Function.identity()));
        return classes.stream()
                .flatMap(origin -> violations(origin, modules))
                .distinct()
                .sorted()
                .toList();
    }

    private Stream<String> violations(JavaClass origin, Map<String, String> modules) {
        String module = modules.get(layer(origin));
        if (module == null) {
            return Stream.of("%s: lives outside every module's package".formatted(origin.getName()));
        }
        return origin.getDirectDependenciesFromSelf().stream()
                .map(Dependency::getTargetClass)
                .map(JavaClass::getBaseComponentType)
                .filter(target -> target.getPackageName().startsWith(root + "."))
                .map(target -> modules.getOrDefault(layer(target), layer(target)))
                .filter(target -> !target.equals(module) && !allowed.get(module).contains(target))
                .map(target -> "%s: %s may not use %s".formatted(origin.getName(), module, target));
    }

    /** The part of the package right below the root, or the empty string. */
    private String layer(JavaClass type) {
        String name = type.getPackageName();
        return name.startsWith(root + ".") ? name.substring(root.length() + 1).split("\\.", 2)[0] : "";
    }

    private static String lastFolder(String module) {
        return module.substring(module.lastIndexOf('/') + 1);
    }

    /** A cycle of packages is one big package that pretends to be several. */
    ArchRule noPackageCycles() {
        return slices().matching(root + ".(**)").should().beFreeOfCycles().allowEmptyShould(true);
    }

    /**
     * Java serialization runs code that the sender chose. Exceptions and enums are serializable whether one wants it or
     * not; nothing else is, and nothing reads or writes such a stream.
     */
    static List<ArchRule> noSerialization() {
        DescribedPredicate<JavaClass> byNature = assignableTo(Throwable.class).or(assignableTo(Enum.class));
        return List.of(
                noClasses()
                        .that(DescribedPredicate.not(byNature))
                        .should()
                        .beAssignableTo(Serializable.class)
                        .allowEmptyShould(true),
                noClasses()
                        .should(dependOnClassesThat(
                                assignableTo(ObjectInputStream.class).or(assignableTo(ObjectOutputStream.class))))
                        .allowEmptyShould(true));
    }
}
