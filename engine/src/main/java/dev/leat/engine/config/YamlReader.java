package dev.leat.engine.config;

import dev.leat.api.Checks;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.events.AliasEvent;
import org.snakeyaml.engine.v2.events.CollectionStartEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.MappingStartEvent;
import org.snakeyaml.engine.v2.events.NodeEvent;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.ReaderException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/**
 * Reads YAML as nodes that know their place. Built from the parser's events and not from its nodes: nothing is resolved, neither
 * types nor aliases nor merges, so there is nothing that could expand or guess.
 */
final class YamlReader {
    static final int MOST_BYTES = 1 << 20;
    private static final int DEEPEST = 20;
    private static final String TOO_LARGE = "is larger than 1MiB";

    private final String file;
    private final String yaml;
    private final Mistakes mistakes;
    private final Iterator<Event> events;
    private int depth;

    private YamlReader(String file, String yaml, Mistakes mistakes) {
        this.file = file;
        this.yaml = yaml;
        this.mistakes = mistakes;
        LoadSettings settings = LoadSettings.builder()
                .setLabel(file)
                .setCodePointLimit(MOST_BYTES + 1)
                .setParseComments(false)
                .build();
        events = new Parse(settings).parseString(yaml).iterator();
    }

    /** The document in that file; none if it cannot be read, with the mistake told. */
    static Optional<Node> read(Path file, Mistakes mistakes) {
        Place place = new Place(file.toString(), 0, 0);
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(MOST_BYTES + 1);
            if (bytes.length > MOST_BYTES) {
                mistakes.add(place, "", TOO_LARGE, "at most 1MiB");
                return Optional.empty();
            }
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
            return read(file.toString(), text, mistakes);
        } catch (CharacterCodingException e) {
            mistakes.add(place, "", "is not UTF-8", "UTF-8 text");
        } catch (NoSuchFileException e) {
            mistakes.add(place, "", "does not exist", "a YAML file");
        } catch (AccessDeniedException e) {
            mistakes.add(place, "", "may not be read", "a readable file");
        } catch (IOException e) {
            mistakes.add(place, "", "cannot be read: " + e.getMessage(), "a readable file");
        }
        return Optional.empty();
    }

    /** The document in that text; none if it cannot be read, with the mistake told. */
    static Optional<Node> read(String file, String text, Mistakes mistakes) {
        String yaml = text.startsWith("\uFEFF") ? text.substring(1) : text;
        if (yaml.length() > MOST_BYTES) {
            mistakes.add(new Place(file, 0, 0), "", TOO_LARGE, "at most 1MiB");
            return Optional.empty();
        }
        return new YamlReader(file, yaml, mistakes).document();
    }

    private Optional<Node> document() {
        Optional<Node> root = Optional.empty();
        try {
            while (events.hasNext()) {
                if (events.next() instanceof NodeEvent content) {
                    if (root.isPresent()) {
                        mistakes.add(place(content), "", "has a second document here", "one document");
                        return root;
                    }
                    root = Optional.of(node(content, ""));
                }
            }
            return root.or(() -> Optional.of(new Node.Mapping(new Place(file, 1, 1), Map.of())));
        } catch (TooDeep e) {
            mistakes.add(e.place, "", "is nested more than " + DEEPEST + " deep", "at most " + DEEPEST + " levels");
        } catch (MarkedYamlEngineException e) {
            syntax(e);
        } catch (ReaderException e) {
            mistakes.add(
                    place(e.getPosition()),
                    "",
                    "holds the character U+%04X, which YAML does not allow".formatted(e.getCodePoint()),
                    "printable characters");
        } catch (YamlEngineException e) {
            mistakes.add(new Place(file, 0, 0), "", "is not YAML: " + e.getMessage(), "YAML 1.2");
        }
        return Optional.empty();
    }

    private void syntax(MarkedYamlEngineException e) {
        Optional<Mark> mark = e.getProblemMark().or(e::getContextMark);
        Place place = mark.map(this::place).orElse(new Place(file, 0, 0));
        if (line(place.line()).matches("\\s*\\t.*")) {
            mistakes.add(place, "", "has a line that is indented with a tab", "spaces");
        } else {
            String context = e.getContext() == null ? "" : " " + e.getContext();
            // The parser says so of every character that it stumbles over, tab or not.
            String problem = e.getProblem().replaceFirst("\\. \\(Do not use .* for indentation\\)", "");
            String allowed =
                    line(place.line()).contains("${") ? "YAML 1.2; ${NAME} between braces needs quotes" : "YAML 1.2";
            mistakes.add(place, "", "is not YAML: " + problem + context, allowed);
        }
    }

    private String line(int number) {
        return number == 0 ? "" : yaml.lines().skip(number - 1L).findFirst().orElse("");
    }

    private Node node(NodeEvent event, String path) {
        Place place = place(event);
        if (event.getAnchor().isPresent()) {
            mistakes.add(
                    place,
                    path,
                    (event instanceof AliasEvent ? "uses the alias *" : "has the anchor &")
                            + event.getAnchor().get().getValue(),
                    "the value itself");
        }
        Optional<String> tag = switch (event) {
            case ScalarEvent scalar -> scalar.getTag();
            case CollectionStartEvent collection -> collection.getTag();
            default -> Optional.empty();
        };
        tag.ifPresent(text -> mistakes.add(place, path, "has the tag " + Checks.shown(text), "a value without a tag"));
        return switch (event) {
            case ScalarEvent scalar -> new Node.Scalar(place, scalar.getValue(), !scalar.isPlain(), false);
            case MappingStartEvent mapping -> nested(mapping, path);
            case CollectionStartEvent sequence -> nested(sequence, path);
            // An alias.
            default -> new Node.Refused(place);
        };
    }

    private Node nested(CollectionStartEvent event, String path) {
        if (++depth > DEEPEST) {
            throw new TooDeep(place(event));
        }
        Node node = event instanceof MappingStartEvent ? mapping(place(event), path) : sequence(place(event), path);
        depth--;
        return node;
    }

    private Node sequence(Place place, String path) {
        List<Node> items = new ArrayList<>();
        while (events.next() instanceof NodeEvent item) {
            items.add(node(item, path + "[" + items.size() + "]"));
        }
        return new Node.Sequence(place, items);
    }

    private Node mapping(Place place, String path) {
        Map<String, Node.Entry> entries = new LinkedHashMap<>();
        while (events.next() instanceof NodeEvent key) {
            Node name = node(key, path);
            if (!(name instanceof Node.Scalar scalar)) {
                mistakes.add(name.place(), path, "has " + name.described() + " as a key", "a text as a key");
                node((NodeEvent) events.next(), path);
                continue;
            }
            String at = Paths.under(path, scalar.text());
            Node.Entry entry = new Node.Entry(name.place(), node((NodeEvent) events.next(), at));
            Node.Entry first = entries.putIfAbsent(scalar.text(), entry);
            if (first != null) {
                mistakes.add(
                        name.place(),
                        at,
                        "is there twice, first in line " + first.place().line(),
                        "each key once");
            }
        }
        return new Node.Mapping(place, entries);
    }

    private Place place(Event event) {
        return event.getStartMark().map(this::place).orElseGet(() -> new Place(file, 0, 0));
    }

    private Place place(Mark mark) {
        return new Place(file, mark.getLine() + 1, mark.getColumn() + 1);
    }

    /** @param position counted in code points */
    private Place place(int position) {
        int end = yaml.offsetByCodePoints(0, Math.min(position, yaml.codePointCount(0, yaml.length())));
        int lineStart = yaml.lastIndexOf('\n', end - 1) + 1;
        int line =
                1 + (int) yaml.substring(0, end).chars().filter(c -> c == '\n').count();
        return new Place(file, line, yaml.codePointCount(lineStart, end) + 1);
    }

    /** Leaves the reading of what is nested too deep; never leaves this class. */
    private static final class TooDeep extends RuntimeException {
        private static final long serialVersionUID = 1L;

        private final transient Place place;

        TooDeep(Place place) {
            super("too deep", null, false, false);
            this.place = place;
        }
    }
}
