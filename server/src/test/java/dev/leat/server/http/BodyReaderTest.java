package dev.leat.server.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpRequestWriter;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.common.RequestHeaders;
import com.linecorp.armeria.common.RequestHeadersBuilder;
import dev.leat.wire.ApiException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;

class BodyReaderTest {
    private static final int MOST = 1 << 20;
    private static final int PART = 10_000;

    /** As large as may be, and there is room for one such body. */
    private final BodyBudget budget = new BodyBudget(1, MOST);

    /** @param length negative if it is not said */
    private static HttpRequestWriter request(int length) {
        RequestHeadersBuilder headers =
                RequestHeaders.builder(HttpMethod.POST, "/").contentType(MediaType.JSON);
        if (length >= 0) {
            headers.contentLength(length);
        }
        return HttpRequest.streaming(headers.build());
    }

    private CompletableFuture<byte[]> read(HttpRequest request) {
        return BodyReader.read(request, budget.share(), MOST);
    }

    private byte[] send(HttpRequestWriter request, int length) {
        CompletableFuture<byte[]> whole = read(request);
        for (int sent = 0; sent < length; sent += PART) {
            request.write(HttpData.wrap(new byte[Math.min(PART, length - sent)]));
        }
        request.close();
        return whole.join();
    }

    private static void assertTooLarge(Throwable failure) {
        assertThat(failure).isInstanceOfSatisfying(ApiException.class, e -> {
            assertThat(e.problem().status()).isEqualTo(413);
            assertThat(e.problem().code()).isEqualTo("BODY_TOO_LARGE");
        });
    }

    @Test
    void aBodyOfUnknownLengthMayBeAsLargeAsOneOfKnownLength() {
        assertThat(send(request(-1), MOST - PART)).hasSize(MOST - PART);
    }

    @Test
    void aBodyOfKnownLengthMayBeAsLargeAsTheMost() {
        assertThat(send(request(MOST), MOST)).hasSize(MOST);
    }

    @Test
    void aBodyThatNeverFitsIsSaidToBeTooLarge() {
        assertThatThrownBy(() -> send(request(-1), MOST + 1))
                .isInstanceOf(CompletionException.class)
                .satisfies(e -> assertTooLarge(e.getCause()));
        assertThatThrownBy(() -> read(request(MOST + 1))).satisfies(BodyReaderTest::assertTooLarge);
    }

    @Test
    void bodiesThatHaveNotComeTakeNoRoom() {
        for (int i = 0; i < 1_000; i++) {
            assertThat(read(request(i % 2 == 0 ? MOST : 100))).isNotDone();
        }
        assertThat(send(request(MOST), MOST)).hasSize(MOST);
        assertThat(send(request(100), 100)).hasSize(100);
    }

    /** Were it not so, small bodies would find less room than there is. */
    @Test
    void aShortBodyOfKnownLengthTakesNoMoreThanItsLength() {
        for (int i = 0; i < BodyBudget.SMALL / 100; i++) {
            assertThat(send(request(100), 100)).hasSize(100);
        }
        assertThatThrownBy(() -> send(request(100), 100)).isInstanceOf(CompletionException.class);
    }
}
