-- The entries of a journal behind a sequence number.
--
-- KEYS   see shared.lua
-- ARGV   2 journal   3 sequence number of 16 digits   4 most entries
-- reply  journal/sequence:written at:entry, ...
return call('ZRANGEBYLEX', JOURNALS, '(' .. ARGV[2] .. '/' .. ARGV[3] .. ';', '(' .. ARGV[2] .. '0', 'LIMIT', 0, ARGV[4])
