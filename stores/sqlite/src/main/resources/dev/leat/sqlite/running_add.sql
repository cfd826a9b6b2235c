insert into running(id, lease) values (:id, :lease)
