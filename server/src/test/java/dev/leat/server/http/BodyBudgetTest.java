package dev.leat.server.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.leat.api.InvalidValueException;
import dev.leat.wire.ApiException;
import org.junit.jupiter.api.Test;

class BodyBudgetTest {
    private static final int LARGE = 1 << 20;

    private static void assertBusy(BodyBudget.Share share, long bytes) {
        assertThatThrownBy(() -> share.growTo(bytes)).isInstanceOfSatisfying(ApiException.class, e -> {
            assertThat(e.problem().status()).isEqualTo(503);
            assertThat(e.problem().code()).isEqualTo("SERVER_BUSY");
        });
    }

    @Test
    void thereIsRoomForOneLargestBodyHoweverSmallTheHeap() {
        BodyBudget budget = new BodyBudget(1, LARGE);
        try (BodyBudget.Share one = budget.share()) {
            one.growTo(LARGE);
            assertBusy(budget.share(), BodyBudget.SMALL + 1);
            budget.share().growTo(BodyBudget.SMALL);
        }
        budget.share().growTo(LARGE);
    }

    @Test
    void aQuarterOfTheHeapIsForLargeBodies() {
        BodyBudget budget = new BodyBudget(4L * BodyBudget.COST * 3 * LARGE, LARGE);
        for (int i = 0; i < 3; i++) {
            budget.share().growTo(LARGE);
        }
        assertBusy(budget.share(), LARGE);
    }

    @Test
    void aBodyThatGrowsLeavesThePartOfTheSmallOnes() {
        BodyBudget budget = new BodyBudget(1, LARGE);
        BodyBudget.Share grows = budget.share();
        grows.growTo(BodyBudget.SMALL / 2);
        grows.growTo(BodyBudget.SMALL);
        assertBusy(budget.share(), 1);
        grows.growTo(LARGE / 2);
        budget.share().growTo(BodyBudget.SMALL);
        grows.growTo(LARGE);
        assertBusy(budget.share(), LARGE);
        grows.close();
        grows.close();
        budget.share().growTo(LARGE);
        assertBusy(budget.share(), LARGE);
    }

    @Test
    void aLargestBodyThatTheHeapIsTooSmallForIsRefusedByName() {
        BodyBudget.check(256L << 20, 16 << 20);
        BodyBudget.check(256L << 20, 32 << 20);
        assertThatThrownBy(() -> BodyBudget.check(256L << 20, (32 << 20) + 1))
                .isInstanceOfSatisfying(InvalidValueException.class, e -> {
                    assertThat(e.field()).isEqualTo("server.max_body");
                    assertThat(e.allowed()).contains("33554432");
                });
    }
}
