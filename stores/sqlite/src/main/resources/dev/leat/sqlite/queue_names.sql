select distinct queue from lane where tenant = :tenant order by queue
