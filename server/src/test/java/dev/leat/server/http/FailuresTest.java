package dev.leat.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.linecorp.armeria.common.ClosedSessionException;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.stream.CancelledSubscriptionException;
import com.linecorp.armeria.common.stream.ClosedStreamException;
import com.linecorp.armeria.server.RequestTimeoutException;
import com.linecorp.armeria.server.ServiceRequestContext;
import java.io.IOException;
import java.util.concurrent.CompletionException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class FailuresTest {
    private static int status(Throwable cause) {
        ServiceRequestContext context = ServiceRequestContext.of(HttpRequest.of(HttpMethod.GET, "/"));
        return new Failures()
                .onServiceException(context, cause)
                .aggregate()
                .join()
                .status()
                .code();
    }

    static Stream<Throwable> endsOfClients() {
        return Stream.of(
                ClosedSessionException.get(),
                ClosedStreamException.get(),
                CancelledSubscriptionException.get(),
                RequestTimeoutException.get(),
                new IOException("Connection reset by peer"),
                new CompletionException(ClosedSessionException.get()));
    }

    @ParameterizedTest
    @MethodSource("endsOfClients")
    void aClientThatIsGoneIsNoFailure(Throwable cause) {
        assertThat(status(cause)).isBetween(400, 499);
    }

    @Test
    void aDefectIsOne() {
        assertThat(status(new IllegalStateException("broken"))).isEqualTo(500);
        assertThat(status(new CompletionException(new IllegalStateException("broken"))))
                .isEqualTo(500);
    }
}
