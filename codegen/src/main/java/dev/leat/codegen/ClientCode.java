package dev.leat.codegen;

import dev.leat.wire.Route;
import dev.leat.wire.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Routes as TypeScript functions on top of {@code calls.ts}. */
final class ClientCode {
    private static final String STREAM = "text/event-stream";

    /** Routes that take an array of what they take as well, which their shape cannot say. */
    private static final Set<String> ALSO_ARRAYS = Set.of(Route.ENQUEUE.id());

    private static final Pattern DASH = Pattern.compile("-(\\w)");

    private final List<Route> routes;
    private final Map<String, Shape> events;
    private final String runtime;
    private final Set<String> imports = new TreeSet<>(Set.of("Problem"));

    ClientCode(List<Route> routes, Map<String, Shape> events, String runtime) {
        this.routes = routes;
        this.events = events;
        this.runtime = runtime;
    }

    String text() {
        StringBuilder functions = new StringBuilder();
        for (Route route : routes) {
            functions.append(query(route)).append(route.mediaType().equals(STREAM) ? stream(route) : call(route));
        }
        return "import type {\n"
                + imports.stream().map(name -> "  " + name + ",\n").collect(Collectors.joining())
                + "} from './types';\n\n"
                + runtime
                + functions;
    }

    private String query(Route route) {
        List<Route.Parameter> parameters = in(route, Route.Place.QUERY);
        return parameters.isEmpty()
                ? ""
                : "\nexport interface %s {\n%s}\n"
                        .formatted(
                                queryType(route),
                                parameters.stream().map(this::optional).collect(Collectors.joining()));
    }

    private String optional(Route.Parameter parameter) {
        String type = named(parameter.shape());
        return Types.doc("  ", parameter.doc())
                + "  readonly %s?: %s;\n"
                        .formatted(
                                camelCase(parameter.name()),
                                (parameter.list() ? "readonly %s[]".formatted(type) : type) + " | null | undefined");
    }

    private String call(Route route) {
        List<String> parameters = new ArrayList<>();
        List<String> options = new ArrayList<>();
        for (Route.Parameter parameter : in(route, Route.Place.PATH)) {
            parameters.add(camelCase(parameter.name()) + ": " + named(parameter.shape()));
        }
        Shape request = route.request();
        if (request != null) {
            String type = named(request);
            parameters.add("body: " + type + (ALSO_ARRAYS.contains(route.id()) ? " | readonly " + type + "[]" : ""));
            options.add("body");
        }
        if (!in(route, Route.Place.QUERY).isEmpty()) {
            parameters.add("query: " + queryType(route) + " = {}");
            options.add("query: { ...query }");
        }
        List<Route.Parameter> headers = in(route, Route.Place.HEADER);
        if (headers.isEmpty()) {
            parameters.add("call: Call = {}");
        } else {
            parameters.add("call: Call & { %s } = {}"
                    .formatted(headers.stream()
                            .map(header -> camelCase(header.name()) + "?: " + named(header.shape()))
                            .collect(Collectors.joining("; "))));
            options.add("headers: { %s }"
                    .formatted(headers.stream()
                            .map(header -> Types.quoted(header.name()) + ": call." + camelCase(header.name()))
                            .collect(Collectors.joining(", "))));
        }
        options.add("signal: call.signal");
        Shape answer = route.answer();
        return """

            %sexport function %s(%s): Promise<%s> {
              return ask('%s', %s, { %s });
            }
            """.formatted(
                        doc(route),
                        route.id(),
                        String.join(", ", parameters),
                        answer == null ? "void" : named(answer),
                        route.method(),
                        path(route),
                        String.join(", ", options));
    }

    private String stream(Route route) {
        String handlers = Types.upperFirst(route.id()) + "Handlers";
        StringBuilder members = new StringBuilder();
        StringBuilder names = new StringBuilder();
        events.forEach((name, shape) -> {
            members.append("%s  readonly %s?: (data: %s) => void;\n"
                    .formatted(
                            Types.doc("  ", shape instanceof Shape.Fields fields ? fields.doc() : ""),
                            name,
                            named(shape)));
            names.append("    %s: on.%s,\n".formatted(name, name));
        });
        return """

            export interface %s extends Stream {
            %s}

            %sexport function %s(query: %s, on: %s): () => void {
              return follow(%s, { ...query }, on, {
            %s  });
            }
            """.formatted(handlers, members, doc(route), route.id(), queryType(route), handlers, path(route), names);
    }

    private static String doc(Route route) {
        String refusals = route.refusals().isEmpty()
                ? ""
                : " May be refused with "
                        + route.refusals().stream().map(String::valueOf).collect(Collectors.joining(", ")) + ".";
        return Types.doc("", route.summary() + refusals);
    }

    /** Without the slash in front: relative to the page, so that a server behind a path prefix is found as well. */
    private static String path(Route route) {
        String path = route.path().substring(1);
        List<Route.Parameter> parameters = in(route, Route.Place.PATH);
        for (Route.Parameter parameter : parameters) {
            path = path.replace(
                    "{" + parameter.name() + "}", "${encodeURIComponent(" + camelCase(parameter.name()) + ")}");
        }
        return parameters.isEmpty() ? Types.quoted(path) : "`" + path + "`";
    }

    private static List<Route.Parameter> in(Route route, Route.Place place) {
        return route.parameters().stream()
                .filter(parameter -> parameter.place() == place)
                .toList();
    }

    private static String queryType(Route route) {
        return Types.upperFirst(route.id()) + "Query";
    }

    private static String camelCase(String name) {
        return DASH.matcher(Types.lowerFirst(name))
                .replaceAll(match -> match.group(1).toUpperCase(Locale.ROOT));
    }

    private String named(Shape shape) {
        Shape element = shape instanceof Shape.ListOf(Shape inner) ? inner : shape;
        if (Shape.closure(List.of(element)).contains(element)) {
            imports.add(Types.type(element));
        }
        return Types.type(shape);
    }
}
