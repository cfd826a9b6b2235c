package dev.leat.server.http;

import com.linecorp.armeria.common.AggregatedHttpResponse;
import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.common.ResponseHeaders;
import com.linecorp.armeria.common.ResponseHeadersBuilder;
import dev.leat.wire.Problem;
import dev.leat.wire.WireJson;

/** Values as HTTP answers. */
final class Answers {
    private static final MediaType PROBLEM = MediaType.parse(Problem.MEDIA_TYPE);

    private Answers() {}

    static HttpResponse json(Object value) {
        return HttpResponse.of(headers(200, MediaType.JSON).build(), HttpData.wrap(WireJson.STRICT.writeBytes(value)));
    }

    static HttpResponse problem(Problem problem) {
        return aggregated(problem).toHttpResponse();
    }

    static AggregatedHttpResponse aggregated(Problem problem) {
        ResponseHeadersBuilder headers = headers(problem.status(), PROBLEM);
        if (problem.status() == 503) {
            headers.set(HttpHeaderNames.RETRY_AFTER, "1");
        } else if (problem.status() == 408) {
            // The rest of the request may still come, and would be taken for the next one's beginning.
            headers.set(HttpHeaderNames.CONNECTION, "close");
        }
        return AggregatedHttpResponse.of(headers.build(), HttpData.wrap(WireJson.STRICT.writeBytes(problem)));
    }

    static ResponseHeadersBuilder headers(int status, MediaType type) {
        return ResponseHeaders.builder(HttpStatus.valueOf(status))
                .contentType(type)
                .set(HttpHeaderNames.CACHE_CONTROL, "no-store");
    }
}
