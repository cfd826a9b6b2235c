package dev.leat.testkit;

import static dev.leat.testkit.Subject.ALL;
import static org.assertj.core.api.Assertions.assertThat;

import dev.leat.api.ContentType;
import dev.leat.api.JobId;
import dev.leat.api.Payload;
import dev.leat.api.store.Claim;
import dev.leat.api.store.Lease;
import dev.leat.api.store.NewJob;
import dev.leat.api.store.Outcome;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Bytes come back as they went in: no store parses, reorders, trims or re-encodes them. */
abstract class PayloadRules {
    private static final List<Integer> SIZES = List.of(0, 1, 63, 64, 65_535, 65_536, 65_537, Payload.MAX_BYTES);

    private final Subject store;

    PayloadRules(Subject store) {
        this.store = store;
    }

    @Test
    void payloadsOfEverySizeComeBackByteForByte() {
        Random random = new Random(2);
        assertPayloadsComeBack(SIZES.stream()
                .map(size -> {
                    byte[] bytes = new byte[size];
                    random.nextBytes(bytes);
                    return Payload.of(bytes, ContentType.BYTES);
                })
                .toList());
    }

    @Test
    void hostileBytesOfEveryContentTypeComeBackByteForByte() {
        assertPayloadsComeBack(hostile());
    }

    @Test
    void resultsOfEverySizeComeBackByteForByte() {
        Random random = new Random(3);
        assertResultsComeBack(SIZES.stream()
                .map(size -> {
                    byte[] bytes = new byte[size];
                    random.nextBytes(bytes);
                    return Payload.of("result", bytes, ContentType.BYTES);
                })
                .toList());
    }

    @Test
    void hostileResultsOfEveryContentTypeComeBackByteForByte() {
        assertResultsComeBack(hostile());
    }

    @Test
    void noResultIsNotAnEmptyResult() {
        List<NewJob> jobs = store.add(2);
        Map<JobId, Lease> leases = leases(jobs);
        Payload empty = Payload.of(new byte[0], ContentType.TEXT);

        store.settle(lease(leases, jobs.get(0)), jobs.get(0).id(), new Outcome.Completed(null));
        store.settle(lease(leases, jobs.get(1)), jobs.get(1).id(), new Outcome.Completed(empty));

        assertThat(store.find(jobs.get(0).id()).result()).isNull();
        assertThat(store.find(jobs.get(1).id()).result()).isEqualTo(empty);
    }

    @Test
    void thePayloadIsKeptAfterTheJobIsDone() {
        NewJob job = store.addOne();
        store.settle(store.claimOne(), new Outcome.Completed(Payload.json("\"result\"")));

        assertThat(store.find(job.id()).payload()).isEqualTo(job.payload());
    }

    @Test
    void everyAttemptGetsTheSameBytes() {
        NewJob job = store.add(store.job().payload(everyByte()).one());
        store.settle(store.claimOne(), new Outcome.Release());

        assertThat(store.claimOne().claims().get(0).payload()).isEqualTo(job.payload());
    }

    private void assertPayloadsComeBack(List<Payload> payloads) {
        List<NewJob> jobs = store.add(payloads.stream()
                .map(payload -> store.job().payload(payload).one())
                .toList());

        Map<JobId, Payload> claimed = Subject.claims(store.drain(store.claiming(ALL))).stream()
                .collect(Collectors.toMap(Claim::job, Claim::payload));

        assertThat(jobs).allSatisfy(job -> assertSame(claimed.get(job.id()), job.payload()));
        assertThat(jobs).allSatisfy(job -> assertSame(store.find(job.id()).payload(), job.payload()));
    }

    private void assertResultsComeBack(List<Payload> results) {
        List<NewJob> jobs = store.add(results.size());
        Map<JobId, Lease> leases = leases(jobs);

        for (int i = 0; i < jobs.size(); i++) {
            JobId job = jobs.get(i).id();
            store.settle(lease(leases, jobs.get(i)), job, new Outcome.Completed(results.get(i)));
        }

        for (int i = 0; i < jobs.size(); i++) {
            assertSame(store.find(jobs.get(i).id()).result(), results.get(i));
        }
    }

    private static void assertSame(@Nullable Payload actual, Payload expected) {
        assertThat(actual).isNotNull();
        assertThat(Subject.present(actual).contentType()).isEqualTo(expected.contentType());
        assertThat(Subject.present(actual).size()).isEqualTo(expected.size());
        assertThat(Subject.present(actual).sha256()).isEqualTo(expected.sha256());
    }

    private Map<JobId, Lease> leases(List<NewJob> jobs) {
        return store.drain(store.claiming(jobs.size())).stream()
                .flatMap(lease -> Subject.jobs(lease).stream().map(job -> Map.entry(job, lease)))
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    }

    private static Lease lease(Map<JobId, Lease> leases, NewJob job) {
        return Subject.present(leases.get(job.id()));
    }

    private static List<Payload> hostile() {
        List<byte[]> bytes = new ArrayList<>(List.of(
                everyByte(),
                new byte[] {0},
                new byte[] {0, 0, 0},
                new byte[] {(byte) 0xff, (byte) 0xfe},
                new byte[] {(byte) 0xc0, (byte) 0x80},
                new byte[] {(byte) 0xed, (byte) 0xa0, (byte) 0x80},
                new byte[] {(byte) 0xe2, (byte) 0x82},
                new byte[] {(byte) 0xef, (byte) 0xbb, (byte) 0xbf, '{', '}'},
                new byte[] {'\\', 'x', '0', '0'}));
        for (String text : List.of(
                "{ \"b\" : 1,\r\n\t\"a\":2, \"a\":3 }  ",
                "{\"__proto__\":1e400,\"n\":9007199254740993,\"z\":-0.0}",
                "\"\\u0000 \\ud800\"",
                "not json",
                "\\. \t \b \n \r ' \" -- ; drop table jobs",
                "e\u0301 \u00e9 \u2028 \u202e \u200d \ufeff",
                new String(Character.toChars(0x1F469)))) {
            bytes.add(text.getBytes(StandardCharsets.UTF_8));
        }
        return bytes.stream()
                .flatMap(each -> List.of(ContentType.values()).stream().map(type -> Payload.of(each, type)))
                .toList();
    }

    private static byte[] everyByte() {
        byte[] bytes = new byte[256];
        IntStream.range(0, 256).forEach(i -> bytes[i] = (byte) i);
        return bytes;
    }
}
