select lane from lane
where tenant = :tenant and (:queue is null or queue = :queue) and (:kind is null or kind = :kind)
