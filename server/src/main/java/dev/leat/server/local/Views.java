package dev.leat.server.local;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.leat.api.JobState;
import dev.leat.api.Payload;
import dev.leat.api.Sha256;
import dev.leat.api.store.AttemptRecord;
import dev.leat.api.store.Capabilities;
import dev.leat.api.store.Capabilities.Capability;
import dev.leat.api.store.Failure;
import dev.leat.api.store.Health;
import dev.leat.api.store.JobHead;
import dev.leat.api.store.JobRecord;
import dev.leat.api.store.JobStore;
import dev.leat.api.store.Pruned;
import dev.leat.wire.AttemptView;
import dev.leat.wire.BackendView;
import dev.leat.wire.CapabilityView;
import dev.leat.wire.Content;
import dev.leat.wire.FailureView;
import dev.leat.wire.JobHeadView;
import dev.leat.wire.JobView;
import dev.leat.wire.PruneAnswer;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.Arrays;
import java.util.Base64;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Jobs, and what became of many, as they are shown. */
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

    /** All that several steps of pruning removed. */
    static PruneAnswer view(List<Pruned> steps) {
        Map<JobState, Long> all = new EnumMap<>(JobState.class);
        steps.forEach(step -> step.removed()
                .values()
                .forEach(lane -> lane.forEach((state, jobs) -> all.merge(state, jobs, Long::sum))));
        return new PruneAnswer(
                all.getOrDefault(JobState.COMPLETED, 0L),
                all.getOrDefault(JobState.DISCARDED, 0L),
                all.getOrDefault(JobState.CANCELLED, 0L),
                steps.getLast().more());
    }

    static BackendView view(String name, JobStore store) {
        Capabilities capabilities = store.capabilities();
        Health health = store.health();
        return new BackendView(
                name,
                capabilities.store(),
                health.status(),
                health.detail(),
                capabilities.durability(),
                Arrays.stream(Capability.values())
                        .map(each -> new CapabilityView(each, capabilities.grade(each)))
                        .toList(),
                List.copyOf(capabilities.flags()));
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

    static Content content(Payload payload) {
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
