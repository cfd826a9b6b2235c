-- Adds an entry. The head's row lock lasts until commit, so sequences become visible in their order. Parameters: journal, entry.
with head as (
  insert into ${schema}.journal_head(journal, sequence) values (:journal::text, 1)
  on conflict (journal) do update set sequence = journal_head.sequence + 1
  returning sequence)
insert into ${schema}.journal(journal, sequence, written_at, entry)
select :journal::text, sequence, ${schema}.now(), :entry::text from head
