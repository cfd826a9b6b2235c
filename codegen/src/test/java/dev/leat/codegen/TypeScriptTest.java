package dev.leat.codegen;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.leat.wire.Route;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Objects;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TypeScriptTest {
    private static final Path COMMITTED = Path.of("../dashboard/src/generated");

    @BeforeAll
    static void writeIfAsked() throws IOException {
        if (Objects.equals(System.getProperty("generated"), "write")) {
            TypeScript.write(COMMITTED);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"types.ts", "client.ts"})
    void whatIsCommittedIsWhatIsGenerated(String file) throws IOException {
        assertThat(COMMITTED.resolve(file))
                .as("if the Java types were meant to change, run this test with -Dgenerated=write")
                .content()
                .isEqualTo(TypeScript.files().get(file));
    }

    @Test
    void nothingElseIsCommittedThere() {
        assertThat(COMMITTED.toFile().list())
                .containsExactlyInAnyOrderElementsOf(TypeScript.files().keySet());
    }

    @Test
    void everyRouteIsAFunction() {
        assertThat(Route.ALL)
                .allSatisfy(route -> assertThat(TypeScript.files().get("client.ts"))
                        .contains("export function " + route.id() + "("));
    }

    @Test
    void theProgramWritesTheFilesIntoAFolder(@TempDir Path folder) throws IOException {
        TypeScript.main(new String[] {folder.resolve("deep/er").toString()});
        assertThat(folder.resolve("deep/er/types.ts"))
                .content()
                .startsWith("// Generated")
                .contains("export interface JobView {");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> TypeScript.main(new String[0]))
                .withMessageContaining("OUTDIR");
    }
}
