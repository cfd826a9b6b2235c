delete from ready where lane = :lane and priority = :priority and position <= :last
