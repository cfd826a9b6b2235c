package dev.leat.verify.torture;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leat.verify.torture.Schedule.Planned;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class ScheduleTest {
    private static final Set<FaultKind> ALL = EnumSet.allOf(FaultKind.class);

    private static Schedule of(long seed, int seconds) {
        return Schedule.of(seed, Duration.ofSeconds(seconds), ALL);
    }

    @Test
    void theSameSeedHasTheSameFaults() {
        assertThat(of(7, 600)).isEqualTo(of(7, 600)).isNotEqualTo(of(8, 600));
    }

    @Test
    void everyMinuteHasManyKinds() {
        LongStream.range(0, 50)
                .forEach(seed ->
                        assertThat(kinds(of(seed, 60))).as("seed " + seed).hasSizeGreaterThanOrEqualTo(9));
    }

    @Test
    void tenMinutesHaveAllKindsAndAHundredFaults() {
        LongStream.range(0, 50).forEach(seed -> {
            Schedule schedule = of(seed, 600);
            assertThat(kinds(schedule)).as("seed " + seed).isEqualTo(ALL);
            assertThat(schedule.faults()).as("seed " + seed).hasSizeGreaterThanOrEqualTo(130);
        });
    }

    private static Set<FaultKind> kinds(Schedule schedule) {
        return schedule.faults().stream().map(Planned::kind).collect(Collectors.toSet());
    }

    @Test
    void atMostThreeAreThereAtOnceAndOfTheServerOne() {
        LongStream.range(0, 50).forEach(seed -> {
            List<Planned> faults = of(seed, 600).faults();
            for (Planned fault : faults) {
                List<Planned> there = faults.stream()
                        .filter(each -> each.at().compareTo(fault.at()) <= 0
                                && each.at().plus(each.lasting()).compareTo(fault.at()) > 0)
                        .toList();
                assertThat(there).as("seed " + seed).hasSizeLessThanOrEqualTo(3);
                assertThat(there).filteredOn(each -> each.kind().isOfServer()).hasSizeLessThanOrEqualTo(1);
            }
        });
    }

    @Test
    void theyBeginInOrderAndBeforeTheEnd() {
        List<Duration> begins = of(3, 600).faults().stream().map(Planned::at).toList();
        assertThat(begins).isSorted().allMatch(at -> at.compareTo(Duration.ofSeconds(597)) < 0);
    }

    @Test
    void onlyKindsThatWereAskedForComeUp() {
        Set<FaultKind> few = EnumSet.of(FaultKind.STOP, FaultKind.RESET);
        assertThat(kinds(Schedule.of(1, Duration.ofMinutes(1), few))).isEqualTo(few);
        assertThat(Schedule.of(1, Duration.ofMinutes(1), Set.of()).faults()).isEmpty();
    }

    @Test
    void everyKindIsFoundByItsWord() {
        assertThat(ALL).allMatch(kind -> FaultKind.of(kind.word()).equals(java.util.Optional.of(kind)));
        assertThat(FaultKind.of("earthquake")).isEmpty();
    }
}
