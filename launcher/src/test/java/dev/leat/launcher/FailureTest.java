package dev.leat.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leat.launcher.LauncherException.Reason;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the programs and the kernel really print, word for word. */
final class FailureTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        unshare: unshare failed: Operation not permitted                                           | USER_REFUSED
        unshare: unshare failed: No space left on device                                           | USER_REFUSED
        initdb: error: cannot be run as root                                                       | USER_REFUSED
        "root" execution of the PostgreSQL server is not permitted.                                | USER_REFUSED
        initdb: error: could not look up effective user ID 4711: user does not exist               | USER_REFUSED
        FATAL:  could not write lock file "postmaster.pid": No space left on device                | DISK_FULL
        unshare: failed to execute /mnt/cache/bin/initdb: Permission denied                        | PERMISSION_DENIED
        FATAL:  could not open directory "base": Permission denied                                 | PERMISSION_DENIED
        LOG:  could not bind IPv4 address "127.0.0.1": Address already in use                      | PORT_TAKEN
        LOG:  unrecognized configuration parameter "work_memory" in file "postgresql.conf" line 20 | BAD_SETTING
        LOG:  invalid value for parameter "work_mem": "many"                                       | BAD_SETTING
        FATAL:  could not map anonymous shared memory: Cannot allocate memory                      | START_FAILED
        PANIC:  could not locate a valid checkpoint record at 0/14E7D60                            | START_FAILED
        """)
    void outputNamesItsReason(String printed, Reason reason) {
        LauncherException failure = Failure.of("postgres failed", printed, null);
        assertThat(failure.reason()).isEqualTo(reason);
        assertThat(failure).hasMessageStartingWith("postgres failed.").hasMessageEndingWith("\n  " + printed);
    }

    @Test
    void theKernelsRefusalsNameTheirReason() {
        assertThat(Failure.of("x", new AccessDeniedException("/data")).reason()).isEqualTo(Reason.PERMISSION_DENIED);
        assertThat(Failure.of("x", new FileSystemException("/data", null, "No space left on device"))
                        .reason())
                .isEqualTo(Reason.DISK_FULL);
    }
}
