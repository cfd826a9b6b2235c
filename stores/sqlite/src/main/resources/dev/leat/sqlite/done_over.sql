select id, lane from done where state = :state and finished_at <= :until
order by finished_at, lane, id
limit :most
