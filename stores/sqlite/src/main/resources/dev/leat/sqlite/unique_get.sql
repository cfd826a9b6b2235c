select id, until from unique_key where lane = :lane and text = :text
