-- Several nodes work on the sessions of one schema: each owns some of 256 shards. As before, names are not qualified.

UPDATE meerkat_version SET version = 2;

-- Whether a runtime of this node takes sessions.
ALTER TABLE node ADD COLUMN serving boolean NOT NULL DEFAULT false;

-- Who runs the turns of which sessions. A shard changes hands when its owner gives it up, or after the owner was declared
-- dead; each time it gets a new epoch.
CREATE TABLE shard (
  shard smallint PRIMARY KEY,
  owner uuid,
  epoch bigint NOT NULL) WITH (fillfactor = 50);
INSERT INTO shard SELECT g, NULL, 0 FROM generate_series(0, 255) g;

-- node and epoch are those of the last step: it was the owner's when it was written.
ALTER TABLE state ADD COLUMN shard smallint, ADD COLUMN node uuid, ADD COLUMN epoch bigint NOT NULL DEFAULT 0;
UPDATE state s SET shard = get_byte(uuid_send(c.id), 15) FROM session c WHERE c.no = s.no;
ALTER TABLE state ALTER COLUMN shard SET NOT NULL;
DROP INDEX state_runnable;
CREATE INDEX state_runnable ON state (shard, no) WHERE runnable;

-- What only the owner of a session can do, and another node was asked for. A row is short-lived.
CREATE TABLE owner_call (
  id uuid PRIMARY KEY,
  shard smallint NOT NULL,
  session uuid NOT NULL,
  body text NOT NULL,
  expires_at timestamptz NOT NULL,
  taken_by uuid,
  answer text);
