-- Reads a page, and says what reads it.
select sqlite_version() version from mark
