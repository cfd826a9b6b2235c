package dev.leat.server.http;

import dev.leat.wire.LeatApi;
import dev.leat.wire.Problem;
import dev.leat.wire.Route;
import dev.leat.wire.Shape;
import dev.leat.wire.WireJson;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The description of the HTTP API in OpenAPI 3.1, made from its routes and shapes. */
public final class OpenApi {
    private static final Map<Integer, String> REFUSALS = Map.of(
            400, "Something in the request is not allowed; the problem names it.",
            403, "The request comes from a foreign web page, or calls the server by a foreign name.",
            404, "There is no such thing.",
            408, "The request took too long.",
            409, "What is there does not allow it.",
            413, "The body, or a payload in it, is too large.",
            415, "The body is not said to be JSON in UTF-8, or it is compressed.",
            500, "A defect of the server; its log says more.",
            503,
                    "The store cannot be used now, or its answer was lost, or the server is busy; the problem says"
                            + " which.");

    private OpenApi() {}

    /** The document as JSON, with line breaks, always the same. */
    public static byte[] bytes() {
        return WireJson.STRICT.writePretty(document());
    }

    private static Map<String, Object> document() {
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("openapi", "3.1.1");
        document.put(
                "info",
                ordered(
                        "title", "Leat",
                        "version", "1",
                        "description", "Durable background jobs on the storage a team already has.",
                        "license", ordered("name", "Apache-2.0", "identifier", "Apache-2.0")));
        document.put("servers", List.of(ordered("url", "/", "description", "This server.")));
        document.put("security", List.of());
        document.put(
                "tags",
                List.of(
                        ordered("name", "jobs", "description", "Enqueueing jobs, looking at them, changing them."),
                        ordered("name", "queues", "description", "Looking at queues, pausing them."),
                        ordered("name", "system", "description", "The whole.")));
        Map<String, Object> paths = new LinkedHashMap<>();
        for (Route route : Route.ALL) {
            @SuppressWarnings("unchecked")
            Map<String, Object> path =
                    (Map<String, Object>) paths.computeIfAbsent(route.path(), p -> new LinkedHashMap<>());
            path.put(route.method().name().toLowerCase(Locale.ROOT), operation(route));
        }
        document.put("paths", paths);
        document.put("components", ordered("schemas", schemas()));
        return document;
    }

    /** Jobs may be many at a call, which their shape cannot say. */
    private static Map<String, Object> body(Route route, Shape request) {
        Map<String, Object> one = schema(request);
        return route.equals(Route.ENQUEUE)
                ? ordered(
                        "oneOf",
                        List.of(
                                one,
                                ordered("type", "array", "minItems", 1, "maxItems", LeatApi.MOST_JOBS, "items", one)))
                : one;
    }

    private static Map<String, Object> operation(Route route) {
        Map<String, Object> operation = new LinkedHashMap<>();
        operation.put("operationId", route.id());
        operation.put("tags", List.of(route.tag()));
        operation.put("summary", route.summary());
        if (!route.parameters().isEmpty()) {
            operation.put(
                    "parameters",
                    route.parameters().stream().map(OpenApi::parameter).toList());
        }
        if (route.request() != null) {
            operation.put(
                    "requestBody",
                    ordered(
                            "required",
                            true,
                            "content",
                            ordered("application/json", ordered("schema", body(route, route.request())))));
        } else if (route.method() == Route.Method.POST) {
            operation.put(
                    "requestBody",
                    ordered(
                            "required",
                            false,
                            "description",
                            "Empty; the Content-Type must be given all the same.",
                            "content",
                            ordered("application/json", ordered("schema", ordered("type", "object")))));
        }
        Map<String, Object> responses = new LinkedHashMap<>();
        Map<String, Object> body = route.answer() == null ? ordered("type", "string") : schema(route.answer());
        responses.put(
                "200", ordered("description", "Done.", "content", ordered(route.mediaType(), ordered("schema", body))));
        List<Integer> refusals = new ArrayList<>(List.of(400, 403, 408, 500));
        refusals.addAll(route.refusals());
        if (route.method() == Route.Method.POST && !refusals.contains(415)) {
            refusals.add(415);
        }
        refusals.stream()
                .sorted()
                .forEach(status -> responses.put(
                        String.valueOf(status),
                        ordered(
                                "description",
                                REFUSALS.getOrDefault(status, "Refused."),
                                "content",
                                ordered(Problem.MEDIA_TYPE, ordered("schema", schema(Shape.of(Problem.class)))))));
        operation.put("responses", responses);
        return operation;
    }

    private static Map<String, Object> parameter(Route.Parameter parameter) {
        Map<String, Object> schema = schema(parameter.shape());
        Map<String, Object> described = ordered(
                "name", parameter.name(),
                "in", parameter.place().name().toLowerCase(Locale.ROOT),
                "required", parameter.place() == Route.Place.PATH,
                "description", parameter.doc(),
                "schema", parameter.list() ? ordered("type", "array", "items", schema) : schema);
        if (parameter.list()) {
            described.put("style", "form");
            described.put("explode", false);
        }
        return described;
    }

    private static Map<String, Object> schemas() {
        List<Shape> roots = new ArrayList<>();
        for (Route route : Route.ALL) {
            if (route.request() != null) {
                roots.add(route.request());
            }
            if (route.answer() != null) {
                roots.add(route.answer());
            }
            route.parameters().forEach(parameter -> roots.add(parameter.shape()));
        }
        roots.add(Shape.of(Problem.class));
        Map<String, Object> schemas = new LinkedHashMap<>();
        for (Shape shape : Shape.closure(roots)) {
            switch (shape) {
                case Shape.Fields fields -> schemas.put(fields.name(), object(fields));
                case Shape.Words words ->
                    schemas.put(words.name(), described(ordered("type", "string", "enum", words.words()), words.doc()));
                case Shape.Text text -> schemas.put(text.name(), text(text));
                default -> {}
            }
        }
        return schemas;
    }

    private static Map<String, Object> object(Shape.Fields fields) {
        boolean request = fields.name().equals("EnqueueJob");
        Map<String, Object> properties = new LinkedHashMap<>();
        for (Shape.Field field : fields.fields()) {
            Map<String, Object> schema = schema(field.shape());
            if (field.nullable() && !schema.isEmpty()) {
                schema = ordered("anyOf", List.of(schema, ordered("type", "null")));
            }
            properties.put(field.name(), described(schema, field.doc()));
        }
        Map<String, Object> object = ordered("type", "object");
        described(object, fields.doc());
        object.put("properties", properties);
        object.put(
                "required",
                fields.fields().stream()
                        .filter(field -> !request || !field.nullable())
                        .map(Shape.Field::name)
                        .toList());
        if (request) {
            object.put("additionalProperties", false);
        }
        return object;
    }

    private static Map<String, Object> text(Shape.Text text) {
        Map<String, Object> schema = described(ordered("type", "string"), text.doc());
        if (text.pattern() != null) {
            schema.put("pattern", text.pattern());
        }
        if (text.format() != null) {
            schema.put("format", text.format());
        }
        return schema;
    }

    private static Map<String, Object> schema(Shape shape) {
        return switch (shape) {
            case Shape.Text text when text.name().equals("string") -> ordered("type", "string");
            case Shape.Text text -> reference(text.name());
            case Shape.Words words -> reference(words.name());
            case Shape.Fields fields -> reference(fields.name());
            case Shape.ListOf(Shape element) -> ordered("type", "array", "items", schema(element));
            case Shape.Whole(long min, long max) -> ordered("type", "integer", "minimum", min, "maximum", max);
            case Shape.Bool bool -> ordered("type", "boolean");
            case Shape.Any any -> new LinkedHashMap<>();
        };
    }

    private static Map<String, Object> reference(String name) {
        return ordered("$ref", "#/components/schemas/" + name);
    }

    private static Map<String, Object> described(Map<String, Object> schema, String doc) {
        if (!doc.isEmpty()) {
            schema.put("description", doc);
        }
        return schema;
    }

    private static Map<String, Object> ordered(Object... pairs) {
        Map<String, Object> map = new LinkedHashMap<>();
        for (int i = 0; i < pairs.length; i += 2) {
            map.put((String) pairs[i], pairs[i + 1]);
        }
        return map;
    }
}
