-- Tells the processes that listen, if there are any but this one. Where there are more than so many, as many chosen by lot are
--   named behind the lanes; the others are to wait a moment. Parameters: channel; listeners: the name of the sessions that listen to it;
--   lanes: the text; own: the backends by which this process listens; most. Result: a row if anybody was told.
with listening as materialized (
  select pid from pg_stat_activity
  where application_name = :listeners and datname = current_database() and pid <> all(:own::int[])),
chosen as (
  select pid from listening order by random() limit :most::int)
select pg_notify(:channel, case when (select count(*) from listening) <= :most::int then :lanes::text
                                else :lanes::text || ';' || (select string_agg(pid::text, ',') from chosen) end)
where exists (select from listening)
