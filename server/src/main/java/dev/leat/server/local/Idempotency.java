package dev.leat.server.local;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.leat.api.JobId;
import dev.leat.api.Sha256;
import dev.leat.api.StoreException;
import dev.leat.api.StoreException.Effect;
import dev.leat.api.TenantName;
import dev.leat.api.control.Change;
import dev.leat.api.control.ControlRecord;
import dev.leat.api.control.ControlStore;
import dev.leat.api.control.RecordKey;
import dev.leat.api.control.Written;
import dev.leat.api.store.UniqueKey;
import dev.leat.engine.client.Client;
import dev.leat.engine.client.JobDraft;
import dev.leat.engine.client.PreparedJobs;
import dev.leat.engine.codec.Json;
import dev.leat.engine.duty.Duty;
import dev.leat.wire.IdempotencyKey;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has calls with the same idempotency key enqueue their jobs once. The ids that the jobs are to have are recorded under the
 * key first, durably, and then the jobs are enqueued by those ids; so whatever is lost in between, asking again gives the
 * same jobs. As a duty it forgets the keys that are older than {@link #WINDOW}.
 */
final class Idempotency implements Duty {
    /** How long a key is remembered. */
    static final Duration WINDOW = Duration.ofHours(24);

    private static final Logger LOG = LoggerFactory.getLogger(Idempotency.class);
    private static final String SPACE = "idempotency-keys";
    private static final int TRIES = 10;
    private static final int PAGE = 500;

    private final ControlStore store;
    private final Client client;

    Idempotency(ControlStore store, Client client) {
        this.store = store;
        this.client = client;
    }

    /**
     * The jobs to enqueue for a call with a key: those of the first such call.
     *
     * @throws dev.leat.api.InvalidValueException if this is no key
     * @throws dev.leat.wire.ApiException if the first call had other jobs
     */
    PreparedJobs prepare(TenantName tenant, String key, List<JobDraft> drafts) {
        String checked = new IdempotencyKey(key).value();
        RecordKey name = new RecordKey(SPACE, shown(new Sha256().add((tenant + "/" + checked).getBytes(UTF_8))));
        String fingerprint = fingerprint(drafts);
        for (int tried = 0; tried < TRIES; tried++) {
            Instant now = store.time();
            Optional<ControlRecord> found = store.get(name);
            Entry entry = found.map(each -> Json.STRICT.read(each.value(), Entry.class))
                    .orElse(null);
            if (entry != null && now.isBefore(entry.at.plus(WINDOW))) {
                if (!entry.fingerprint.equals(fingerprint)) {
                    throw Problems.exception(
                            409,
                            "IDEMPOTENCY_KEY_REUSED",
                            "An earlier call with this Idempotency-Key had other jobs. Take a new key for new jobs.");
                }
                return client.prepare(drafts, JobId.parse(entry.first), entry.nonce);
            }
            PreparedJobs fresh = client.prepare(drafts);
            Entry made = new Entry(
                    fingerprint,
                    fresh.jobs().getFirst().id().toString(),
                    fresh.jobs().getFirst().nonce(),
                    now);
            long version = found.map(ControlRecord::version).orElse(Change.ABSENT);
            if (store.write(List.of(new Change.Put(name, version, Json.STRICT.writeText(made))), null)
                    instanceof Written.Done) {
                return fresh;
            }
        }
        throw new StoreException("too many calls with this Idempotency-Key at once", Effect.NONE, null);
    }

    /** Of everything that makes the jobs what they are, in their order. */
    private static String fingerprint(List<JobDraft> drafts) {
        Sha256 digest = new Sha256();
        for (JobDraft draft : drafts) {
            UniqueKey key = draft.uniqueKey();
            String facts = draft.lane() + "|" + draft.priority() + "|" + draft.maxAttempts() + "|" + draft.due() + "|"
                    + draft.payload().contentType().code() + (key == null ? "" : "|" + key.window() + "|" + key.text());
            digest.add(ByteBuffer.allocate(4).putInt(0, facts.length()).array());
            digest.add(facts.getBytes(UTF_8));
            digest.add(draft.payload().sha256());
        }
        return shown(digest);
    }

    private static String shown(Sha256 digest) {
        return digest.hex().substring(0, 48);
    }

    @Override
    public int doWork() {
        Instant now = store.time();
        int forgotten = 0;
        String after = "";
        List<ControlRecord> page = store.range(SPACE, after, PAGE);
        while (!page.isEmpty()) {
            List<Change> old = page.stream()
                    .filter(each -> !now.isBefore(
                            Json.STRICT.read(each.value(), Entry.class).at.plus(WINDOW)))
                    .<Change>map(each -> new Change.Delete(each.key(), each.version()))
                    .toList();
            if (!old.isEmpty() && store.write(old, null) instanceof Written.Done) {
                forgotten += old.size();
            }
            page = store.range(SPACE, page.getLast().key().name(), PAGE);
        }
        if (forgotten > 0) {
            LOG.debug("forgot {} idempotency keys", forgotten);
        }
        return 0;
    }

    private record Entry(String fingerprint, String first, long nonce, Instant at) {}
}
