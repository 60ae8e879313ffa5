-- What sessions are to get later. As before, names are not qualified.

UPDATE meerkat_version SET version = 3;

-- shard is that of the session, so that each node finds those of its own.
CREATE TABLE schedule (
  session_no bigint NOT NULL,
  id uuid NOT NULL,
  shard smallint NOT NULL,
  due bigint NOT NULL,
  body bytea NOT NULL,
  PRIMARY KEY (session_no, id));
CREATE INDEX schedule_by_time ON schedule (due, id);
