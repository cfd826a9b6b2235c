select sequence, written_at, entry from journal where journal = :journal and sequence > :after
order by sequence limit :most
