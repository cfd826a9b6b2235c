package dev.leat.engine.kinds;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.leat.api.InvalidValueException;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HttpCallTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "x",
                "example.org",
                "//example.org/",
                "http:",
                "http:///",
                "http://",
                "http://?x",
                "ftp://example.org/",
                "file:///etc/passwd",
                "gopher://example.org/",
                "jar:http://example.org!/",
                "http://user@example.org/",
                "http://user:pw@example.org/",
                "http://@example.org/",
                "http://example.org#x",
                "http://example.org:0/",
                "http://example.org:65536/",
                "http://example.org:-1/",
                "http://exa mple.org/",
                "http://example.org/a b",
                "http://example.org\\@127.0.0.1/",
                "http://127.1/",
                "http://2130706433/",
                "http://0x7f000001/",
                "http://0177.0.0.1/",
                "http://[fe80::1%25eth0]/",
                "http://[::1/",
                "http://a_b.example/",
                "http://\u00e9.fr/",
                "http://\u0661\u0662\u0667.0.0.1/",
                "http://example.org%2f@evil.example/",
                "http://example.org\r\nX: y/",
                "http://a\u3002b/"
            })
    void aUrlThatCouldMeanTwoThingsIsRefused(String url) {
        assertThatThrownBy(() -> HttpCall.get(url))
                .isInstanceOfSatisfying(
                        InvalidValueException.class, e -> assertThat(e.field()).isEqualTo("url"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://example.org",
                "HTTPS://Example.ORG:8443/a%20b?c=d&e",
                "http://127.0.0.1:80/",
                "http://[::1]:80/",
                "http://a.b-c.example./x",
                "http://xn--caf-dma.example/"
            })
    void aUsualUrlIsTaken(String url) {
        assertThat(HttpCall.get(url).uri()).hasToString(url);
    }

    @Test
    void whatIsLeftOutHasItsDefault() {
        assertThat(new HttpCall("http://a.example/", null, null, null, null, null))
                .isEqualTo(HttpCall.get("http://a.example/"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Host",
                "host",
                "Content-Length",
                "transfer-encoding",
                "Connection",
                "TE",
                "Trailer",
                "Upgrade",
                "Expect",
                "Proxy-Authorization",
                "a b",
                "a:",
                "",
                "a\r\nb",
                "\u00e9"
            })
    void aHeaderThatWouldSmuggleIsRefused(String name) {
        assertThatThrownBy(() -> with(Map.of(name, "x"))).isInstanceOf(InvalidValueException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"a\r\nHost: b", "a\nb", "a\rb", "a\u0000b", "\u00e9", "a\u000bb", "a\u2028b"})
    void aHeaderWithALineInItIsRefusedAndNotShown(String value) {
        assertThatThrownBy(() -> with(Map.of("Authorization", value + "s3cret")))
                .isInstanceOf(InvalidValueException.class)
                .hasMessageNotContaining("s3cret");
    }

    @Test
    void whatIsOutOfBoundsIsRefused() {
        assertThatThrownBy(() -> with(Collections.singletonMap("a", null))).isInstanceOf(InvalidValueException.class);
        assertThatThrownBy(() -> with(Map.of("a", "x", "A", "y"))).isInstanceOf(InvalidValueException.class);
        assertThatThrownBy(() -> call("get", null, 1, List.of())).isInstanceOf(InvalidValueException.class);
        assertThatThrownBy(() -> call("TRACE", null, 1, List.of())).isInstanceOf(InvalidValueException.class);
        assertThatThrownBy(() -> call("GET", "x", 1, List.of())).isInstanceOf(InvalidValueException.class);
        assertThatThrownBy(() -> call("GET", null, 0, List.of())).isInstanceOf(InvalidValueException.class);
        assertThatThrownBy(() -> call("GET", null, 60_001, List.of())).isInstanceOf(InvalidValueException.class);
        assertThatThrownBy(() -> call("GET", null, 1, List.of(199))).isInstanceOf(InvalidValueException.class);
        assertThatThrownBy(() -> call("GET", null, 1, List.of(600))).isInstanceOf(InvalidValueException.class);
        assertThatThrownBy(() -> HttpCall.get("http://a.example/" + "x".repeat(8_192)))
                .isInstanceOf(InvalidValueException.class);
    }

    @Test
    void itsTextHidesWhatMayBeSecret() {
        HttpCall call = new HttpCall(
                "https://a.example/x?token=s3cret", "POST", Map.of("Authorization", "s3cret"), "s3cret", 1, List.of());
        assertThat(call).hasToString("HttpCall(POST https://a.example/x)");
    }

    private static HttpCall with(Map<String, String> headers) {
        return new HttpCall("http://a.example/", "GET", headers, null, 1, List.of());
    }

    private static HttpCall call(String method, String body, int millis, List<Integer> expect) {
        return new HttpCall("http://a.example/", method, Map.of(), body, millis, expect);
    }
}
