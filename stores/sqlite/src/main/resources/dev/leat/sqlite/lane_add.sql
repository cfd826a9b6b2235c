insert into lane(lane, tenant, queue, kind) values (:lane, :tenant, :queue, :kind)
