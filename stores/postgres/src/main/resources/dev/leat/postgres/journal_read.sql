-- Entries behind a sequence. Parameters: journal, after, max_rows.
select sequence, written_at, entry from ${schema}.journal
where journal = :journal::text and sequence > :after::bigint
order by sequence
limit :max_rows::int
