select revision from control_space where space = :space
