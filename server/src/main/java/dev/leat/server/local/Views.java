package dev.leat.server.local;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.leat.api.Payload;
import dev.leat.api.Sha256;
import dev.leat.api.store.AttemptRecord;
import dev.leat.api.store.Failure;
import dev.leat.api.store.JobHead;
import dev.leat.api.store.JobRecord;
import dev.leat.wire.AttemptView;
import dev.leat.wire.Content;
import dev.leat.wire.FailureView;
import dev.leat.wire.JobHeadView;
import dev.leat.wire.JobView;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/** Jobs as they are shown. */
final class Views {
    private Views() {}

    static JobView view(JobRecord job) {
        return new JobView(
                job.id(),
                job.lane().tenant(),
                job.lane().queue(),
                job.lane().kind(),
                job.state(),
                job.priority(),
                job.attempt(),
                job.maxAttempts(),
                job.crashes(),
                job.createdAt(),
                job.dueAt(),
                job.startedAt(),
                job.finishedAt(),
                job.worker(),
                content(job.payload()),
                job.result() == null ? null : content(job.result()),
                failure(job.failure()),
                job.attempts().stream().map(Views::attempt).toList());
    }

    static JobHeadView summary(JobHead job) {
        return new JobHeadView(
                job.id(),
                job.lane().queue(),
                job.lane().kind(),
                job.state(),
                job.priority(),
                job.attempt(),
                job.maxAttempts(),
                job.createdAt(),
                job.dueAt(),
                job.startedAt(),
                job.finishedAt(),
                job.error());
    }

    private static AttemptView attempt(AttemptRecord attempt) {
        return new AttemptView(
                attempt.attempt(),
                attempt.ended(),
                attempt.worker(),
                attempt.startedAt(),
                attempt.endedAt(),
                failure(attempt.failure()));
    }

    private static @Nullable FailureView failure(@Nullable Failure failure) {
        return failure == null ? null : new FailureView(failure.message(), failure.detail());
    }

    private static Content content(Payload payload) {
        String type = payload.contentType().mediaType();
        String sha256 = new Sha256().add(payload.bytes()).hex();
        try {
            String text =
                    UTF_8.newDecoder().decode(ByteBuffer.wrap(payload.bytes())).toString();
            return new Content(type, payload.size(), sha256, text, null);
        } catch (CharacterCodingException e) {
            return new Content(
                    type, payload.size(), sha256, null, Base64.getEncoder().encodeToString(payload.bytes()));
        }
    }
}
