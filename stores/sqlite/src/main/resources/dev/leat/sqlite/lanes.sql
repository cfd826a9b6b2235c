select lane, tenant, queue, kind from lane
