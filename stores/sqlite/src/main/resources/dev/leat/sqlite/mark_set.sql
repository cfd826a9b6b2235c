update mark set lease = :lease, position = :position, version = :version, time = :time
