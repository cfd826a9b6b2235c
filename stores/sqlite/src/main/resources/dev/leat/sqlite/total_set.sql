insert or replace into total(lane, slot, jobs) values (:lane, :slot, :jobs)
