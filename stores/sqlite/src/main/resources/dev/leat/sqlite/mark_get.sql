select lease, position, version, time from mark
