insert into journal(journal, sequence, written_at, entry)
select :journal, coalesce(max(sequence), 0) + 1, :now, :entry from journal where journal = :journal
