-- Changes nothing, but has to be written.
update mark set time = time
