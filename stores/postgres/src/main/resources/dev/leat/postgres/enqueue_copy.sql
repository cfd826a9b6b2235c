-- Stores new jobs that come as a stream of rows in PostgreSQL's binary format; fails if one of their ids is known. No parameters.
copy ${schema}.job(id, lane, priority, max_attempts, content_type, nonce, sha256, payload) from stdin (format binary)
