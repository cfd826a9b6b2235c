package dev.leat.house;

import java.io.IOException;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.Node;
import org.xml.sax.InputSource;
import org.xml.sax.SAXException;

/** Reads from the poms which modules there are and which of our own modules each one depends on. */
final class Poms {
    private static final String OURS = "dev.leat";

    /** One dependency of a module on another artifact of ours; {@code test} when only its tests have it. */
    record Edge(String module, String artifact, boolean test) {}

    private Poms() {}

    static List<String> modules(String parentPom) {
        return children(child(parse(parentPom).getDocumentElement(), "modules"), "module")
                .map(Node::getTextContent)
                .toList();
    }

    static String artifact(String pom) {
        return text(parse(pom).getDocumentElement(), "artifactId");
    }

    static List<Edge> edges(String module, String pom) {
        return children(child(parse(pom).getDocumentElement(), "dependencies"), "dependency")
                .filter(dependency -> Set.of(OURS, "${project.groupId}").contains(text(dependency, "groupId")))
                .map(dependency -> new Edge(
                        module,
                        text(dependency, "artifactId"),
                        text(dependency, "scope").equals("test")))
                .toList();
    }

    /**
     * What the poms add that the table does not allow.
     *
     * @param poms for each module, the text of its pom
     */
    static List<String> violations(ArchitecturePage page, Map<String, String> poms) {
        Map<String, String> moduleOf = new HashMap<>();
        poms.forEach((module, pom) -> moduleOf.put(artifact(pom), module));
        List<String> violations = new ArrayList<>();
        poms.forEach((module, pom) -> {
            for (Edge edge : edges(module, pom)) {
                String target = moduleOf.getOrDefault(edge.artifact(), edge.artifact());
                boolean allowed = page.allowed().getOrDefault(module, Set.of()).contains(target)
                        || (edge.test()
                                && page.allowedInTests()
                                        .getOrDefault(module, Set.of())
                                        .contains(target));
                if (!allowed) {
                    violations.add("%s/pom.xml: %s may not depend on %s%s"
                            .formatted(module, module, target, edge.test() ? ", not even its tests" : ""));
                }
            }
        });
        return violations;
    }

    private static Document parse(String xml) {
        try {
            return DocumentBuilderFactory.newDefaultInstance()
                    .newDocumentBuilder()
                    .parse(new InputSource(new StringReader(xml)));
        } catch (ParserConfigurationException | SAXException | IOException e) {
            throw new IllegalArgumentException("This is not a pom: " + e.getMessage(), e);
        }
    }

    private static String text(Element parent, String name) {
        return children(parent, name).map(Node::getTextContent).findFirst().orElse("");
    }

    private static Element child(Element parent, String name) {
        return children(parent, name)
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("There is no <" + name + ">."));
    }

    private static Stream<Element> children(Element parent, String name) {
        return IntStream.range(0, parent.getChildNodes().getLength())
                .mapToObj(i -> parent.getChildNodes().item(i))
                .filter(node -> node.getNodeName().equals(name))
                .map(Element.class::cast);
    }
}
