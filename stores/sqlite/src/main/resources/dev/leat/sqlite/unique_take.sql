insert or replace into unique_key(lane, text, id, until) values (:lane, :text, :id, :until)
