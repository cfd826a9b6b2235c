package dev.leat.codegen;

import dev.leat.wire.JobEventView;
import dev.leat.wire.Problem;
import dev.leat.wire.QueuePage;
import dev.leat.wire.Route;
import dev.leat.wire.Shape;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The HTTP API as TypeScript: {@code types.ts} with a type for each shape, {@code client.ts} with a function for each route.
 * The same routes and shapes always give the same bytes.
 */
public final class TypeScript {
    static final String HEADER = """
        // Generated from the routes and shapes of the module wire by dev.leat.codegen.TypeScript.
        // Do not edit: change the Java types, then run the tests of codegen with -Dgenerated=write.
        """;

    /** What the stream of events may tell, since a route names only the media type. */
    private static final Map<String, Shape> EVENTS = events();

    private TypeScript() {}

    /** Writes the files into a folder, which is made if it is not there. */
    public static void main(String[] args) throws IOException {
        if (args.length != 1) {
            throw new IllegalArgumentException("usage: TypeScript OUTDIR");
        }
        write(Path.of(args[0]));
    }

    static void write(Path folder) throws IOException {
        Files.createDirectories(folder);
        for (Map.Entry<String, String> file : files().entrySet()) {
            Files.writeString(folder.resolve(file.getKey()), file.getValue());
        }
    }

    /** The files by name. */
    static Map<String, String> files() {
        List<Shape> requests = shapes(Route.ALL.stream().map(Route::request));
        List<Shape> answers = new ArrayList<>(shapes(Route.ALL.stream().map(Route::answer)));
        answers.add(Shape.of(Problem.class));
        answers.addAll(EVENTS.values());
        Route.ALL.stream()
                .flatMap(route -> route.parameters().stream())
                .map(Route.Parameter::shape)
                .forEach(answers::add);
        return Map.of(
                "types.ts", HEADER + "\n" + new Types(requests, answers).text(),
                "client.ts", HEADER + new ClientCode(Route.ALL, EVENTS, runtime()).text());
    }

    private static List<Shape> shapes(Stream<? extends @Nullable Shape> shapes) {
        List<Shape> present = new ArrayList<>();
        shapes.forEach(shape -> {
            if (shape != null) {
                present.add(shape);
            }
        });
        return present;
    }

    private static Map<String, Shape> events() {
        Map<String, Shape> events = new LinkedHashMap<>();
        events.put("job", Shape.of(JobEventView.class));
        events.put("queues", Shape.of(QueuePage.class));
        return events;
    }

    /** The part of the client that is the same whatever the routes are. */
    private static String runtime() {
        try (InputStream in = TypeScript.class.getResourceAsStream("calls.ts")) {
            if (in == null) {
                throw new IllegalStateException("calls.ts is missing from this jar");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
