package dev.leat.cli.torture;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What can stand between a store and those who use it is told by its URL. */
class StoreAddressTest {
    @ParameterizedTest
    @CsvSource({
        "jdbc:postgresql://db:5433/app, db, 5433, jdbc:postgresql://127.0.0.1:7/app",
        "jdbc:postgresql://db/app?a=b, db, 5432, jdbc:postgresql://127.0.0.1:7/app?a=b",
        "jdbc:postgresql:app, localhost, 5432, jdbc:postgresql://127.0.0.1:7/app",
        "jdbc:postgresql:app?a=b, localhost, 5432, jdbc:postgresql://127.0.0.1:7/app?a=b",
        "jdbc:postgresql:/, localhost, 5432, jdbc:postgresql://127.0.0.1:7/",
        "jdbc:postgresql:///app, localhost, 5432, jdbc:postgresql://127.0.0.1:7/app",
        "redis://[::1]:6380/1, [::1], 6380, redis://127.0.0.1:7/1",
        "redis://cache, cache, 6379, redis://127.0.0.1:7"
    })
    void aProxyCanStandInBetween(String url, String host, int port, String through) {
        StoreAddress address = StoreAddress.of(url).orElseThrow();
        assertThat(address.plain()).isTrue();
        assertThat(address.host()).isEqualTo(host);
        assertThat(address.port()).isEqualTo(port);
        assertThat(address.through(7)).isEqualTo(through);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "jdbc:postgresql://db/app?ssl",
                "jdbc:postgresql://db/app?ssl=",
                "jdbc:postgresql://db/app?a=b&ssl=TRUE",
                "jdbc:postgresql:app?ssl",
                "jdbc:postgresql://db/app?sslmode=Verify-Full",
                "jdbc:postgresql://db/app?sslmode=VERIFY-CA",
                "jdbc:postgresql://one,two/app",
                "rediss://cache"
            })
    void aCertificateOrSeveralServersLeaveNoRoomForAProxy(String url) {
        assertThat(StoreAddress.of(url).orElseThrow().plain()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "jdbc:postgresql://db/app?sslmode=disable&ssl=true",
                "jdbc:postgresql://db/app?ssl=false",
                "jdbc:postgresql://db/ssl=true",
                "jdbc:postgresql://db/app?sslmode=Require"
            })
    void noCertificateIsAskedFor(String url) {
        assertThat(StoreAddress.of(url).orElseThrow().plain()).isTrue();
    }

    @Test
    void aFileIsNoServer() {
        assertThat(StoreAddress.of("sqlite:leat.db")).isEmpty();
    }
}
