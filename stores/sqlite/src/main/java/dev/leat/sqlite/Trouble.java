package dev.leat.sqlite;

import dev.leat.api.StoreException;
import dev.leat.api.StoreException.Effect;
import java.nio.file.Path;
import java.sql.SQLException;
import org.sqlite.SQLiteErrorCode;

/** What a failure of SQLite means, and what to do about it. */
enum Trouble {
    LOCKED("is locked by another program; close what has it open"),
    FULL("cannot grow: the disk or its quota is full; free some space"),
    READ_ONLY("cannot be written; check its permissions, those of its directory, and the file system"),
    IO("cannot be read or written; check the disk and the system's log"),
    DAMAGED("is damaged; restore it from a backup, or rescue what is left with sqlite3's .recover"),
    NO_DATABASE("is no SQLite database; name another file"),
    UNOPENED("cannot be opened; check that its directory is there and may be written"),
    OTHER("failed");

    private final String says;

    Trouble(String says) {
        this.says = says;
    }

    static Trouble of(SQLException e) {
        int primary = e.getErrorCode() & 0xff;
        for (SQLiteErrorCode code : SQLiteErrorCode.values()) {
            if (code.code == primary) {
                return of(code);
            }
        }
        return OTHER;
    }

    private static Trouble of(SQLiteErrorCode code) {
        return switch (code) {
            case SQLITE_BUSY, SQLITE_LOCKED, SQLITE_PROTOCOL -> LOCKED;
            case SQLITE_FULL -> FULL;
            case SQLITE_READONLY, SQLITE_PERM -> READ_ONLY;
            case SQLITE_IOERR -> IO;
            case SQLITE_CORRUPT -> DAMAGED;
            case SQLITE_NOTADB -> NO_DATABASE;
            case SQLITE_CANTOPEN -> UNOPENED;
            default -> OTHER;
        };
    }

    /** Whether a commit that failed so stored nothing, for certain: it failed before its last page was written. */
    boolean undoesCommit() {
        return this == LOCKED || this == FULL || this == READ_ONLY;
    }

    /** Whether the connection may go on being used after it. */
    boolean sparesConnection() {
        return this == LOCKED || this == FULL || this == READ_ONLY;
    }

    static StoreException exception(Path file, SQLException cause, Effect effect) {
        return new StoreException(
                "SQLite file " + file + " " + of(cause).says + " (" + cause.getMessage() + ")", effect, cause);
    }
}
