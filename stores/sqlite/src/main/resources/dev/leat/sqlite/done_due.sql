select lane, count(*) jobs from done where state = :state and finished_at <= :until group by lane
