select total_changes() changes
