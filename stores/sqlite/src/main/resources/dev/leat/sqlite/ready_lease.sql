-- The jobs of a lease: all that are alike from one position to another.
insert into running(id, lease)
select id, :lease from ready
where lane = :lane and priority = :priority and position between :first and :last
  and attempt = :attempt and crashes = :crashes
