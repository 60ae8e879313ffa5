-- When requesters are told that nobody has answered. As before, names are not qualified.

UPDATE meerkat_version SET version = 5;

-- shard is that of the requester, so that each node finds those of its own.
ALTER TABLE request ADD COLUMN shard smallint;
ALTER TABLE request ADD COLUMN deadline bigint;
CREATE INDEX request_by_deadline ON request (deadline, id) WHERE reply IS NULL AND deadline IS NOT NULL;
