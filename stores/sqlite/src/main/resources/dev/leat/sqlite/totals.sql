select lane, slot, jobs from total
