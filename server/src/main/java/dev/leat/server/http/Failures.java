package dev.leat.server.http;

import com.linecorp.armeria.common.AggregatedHttpResponse;
import com.linecorp.armeria.common.ContentTooLargeException;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.RequestHeaders;
import com.linecorp.armeria.common.util.Exceptions;
import com.linecorp.armeria.server.HttpStatusException;
import com.linecorp.armeria.server.RequestTimeoutException;
import com.linecorp.armeria.server.ServerErrorHandler;
import com.linecorp.armeria.server.ServiceConfig;
import com.linecorp.armeria.server.ServiceRequestContext;
import dev.leat.server.local.Problems;
import dev.leat.wire.Problem;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Has every failure, also those below HTTP's surface, told as a {@link Problem}. */
final class Failures implements ServerErrorHandler {
    static final String BODY_TOO_LARGE = "The body is larger than server.max_body allows.";

    /** Of an answer that nobody reads. */
    private static final int CLIENT_GONE = 499;

    private static final Logger LOG = LoggerFactory.getLogger(Failures.class);

    @Override
    public HttpResponse onServiceException(ServiceRequestContext context, Throwable cause) {
        return Answers.problem(problem(cause));
    }

    /** Whether this only says that the client has gone, or did not want the answer any more. */
    static boolean isClientGone(Throwable cause) {
        return Exceptions.isStreamCancelling(cause) || Exceptions.isExpected(cause);
    }

    private static Problem problem(Throwable cause) {
        return switch (cause) {
            case CompletionException wrapped when wrapped.getCause() != null -> problem(wrapped.getCause());
            case ContentTooLargeException tooLarge -> Problems.of(413, "BODY_TOO_LARGE", BODY_TOO_LARGE);
            case RequestTimeoutException slow ->
                Problems.of(408, "REQUEST_TIMEOUT", "The request took longer than server.request_timeout allows.");
            case HttpStatusException status -> status(status.httpStatus().code());
            default -> {
                if (isClientGone(cause)) {
                    LOG.debug("the client of a request has gone: {}", cause.toString());
                    yield Problems.of(CLIENT_GONE, "CLIENT_GONE", "The client did not wait for the answer.");
                }
                yield Problems.of(cause);
            }
        };
    }

    @Override
    public AggregatedHttpResponse renderStatus(
            @Nullable ServiceRequestContext context,
            ServiceConfig config,
            @Nullable RequestHeaders headers,
            HttpStatus status,
            @Nullable String description,
            @Nullable Throwable cause) {
        return Answers.aggregated(status(status.code()));
    }

    private static Problem status(int status) {
        return switch (status) {
            case 404 ->
                Problems.of(404, "NOT_FOUND", "There is nothing at this address; see /openapi.json for what there is.");
            case 405 -> Problems.of(405, "METHOD_NOT_ALLOWED", "This address does not take this method.");
            case 413 -> Problems.of(413, "BODY_TOO_LARGE", BODY_TOO_LARGE);
            case 414 -> Problems.of(414, "URI_TOO_LONG", "The address is too long.");
            case 431 -> Problems.of(431, "HEADERS_TOO_LARGE", "The headers are too long.");
            case 503 -> Problems.of(503, "UNAVAILABLE", "The server cannot answer now; try again later.");
            default ->
                Problems.of(
                        status, "HTTP_" + status, "The request was not understood: " + Problems.title(status) + ".");
        };
    }
}
