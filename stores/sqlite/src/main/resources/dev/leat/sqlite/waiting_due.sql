-- The most overdue first.
select id, due, lane, priority, attempt, crashes, retry from waiting
where due <= :now
order by due, id
limit :most
