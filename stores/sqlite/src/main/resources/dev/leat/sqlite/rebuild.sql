-- For a file that was put together from what was left of another: what tells of its other rows is made anew from them.

-- Far beyond what may have been given out and is in no row any more.
insert into mark(one, lease, position, version, time)
  select 1,
    4294967296 + max(
      (select coalesce(max(id), 0) from lease),
      (select coalesce(max(lease), 0) from done),
      (select coalesce(max(lease), 0) from attempt)),
    4294967296 + max(
      (select coalesce(max(position), 0) from job),
      (select coalesce(max(position), 0) from ready),
      (select coalesce(max(position), 0) from suspect)),
    4294967296 + max(
      (select coalesce(max(version), 0) from control),
      (select coalesce(max(revision), 0) from control_space)),
    max(
      (select coalesce(max(created_at), 0) from job),
      (select coalesce(max(finished_at), 0) from done),
      (select coalesce(max(started_at), 0) from lease))
  where not exists (select 1 from mark);

insert into control_space(space, revision)
  select distinct space, (select version from mark) from control
  where space not in (select space from control_space);

delete from total;
insert into total(lane, slot, jobs)
  select lane, slot, count(*) from (
    select lane, priority as slot from ready
    union all select lane, 10 from suspect
    union all select lane, 11 + retry from waiting
    union all select job.lane, 13 from running join job on job.id = running.id
    union all select lane, 14 + state from done)
  group by lane, slot;
