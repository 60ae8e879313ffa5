-- Tables of a Meerkat store. The names are not qualified: run this with the store's schema first in search_path.
-- PostgresStore runs it by itself. A tool such as Flyway can run it instead; then the store finds version 1 and does nothing.

CREATE TABLE meerkat_version (
  one smallint PRIMARY KEY CHECK (one = 1),
  version integer NOT NULL);
INSERT INTO meerkat_version VALUES (1, 1);

CREATE SEQUENCE epochs;
CREATE SEQUENCE session_numbers;

-- One row for each opening; its id is never used again. Every write transaction changes its node's row, so that it waits
-- for whoever declares the node dead, or is waited for, and so that the outcome of a lost COMMIT can be read here.
CREATE TABLE node (
  id uuid PRIMARY KEY,
  name text NOT NULL,
  epoch bigint NOT NULL,
  dead boolean NOT NULL DEFAULT false,
  batch bigint NOT NULL DEFAULT 0) WITH (fillfactor = 50);

-- Apart from the node's row, so that renewing the lease waits for no write.
CREATE TABLE lease (
  node uuid PRIMARY KEY,
  dead boolean NOT NULL DEFAULT false,
  expires_at timestamptz NOT NULL) WITH (fillfactor = 50);

-- What never changes but for archived, which is here for the index of names.
-- Texts that callers choose are bytea in UTF-8: they may have characters that text does not take.
CREATE TABLE session (
  no bigint PRIMARY KEY,
  id uuid NOT NULL,
  archived boolean NOT NULL,
  created_at bigint NOT NULL,
  realm bytea NOT NULL,
  comms_name bytea,
  seed bytea NOT NULL,
  spec bytea NOT NULL);
CREATE UNIQUE INDEX session_by_id ON session (id);
CREATE UNIQUE INDEX session_by_name ON session (realm, comms_name) WHERE NOT archived AND comms_name IS NOT NULL;
CREATE INDEX session_live ON session (no) WHERE NOT archived;

CREATE TABLE label (
  name bytea NOT NULL,
  value bytea NOT NULL,
  session_no bigint NOT NULL,
  PRIMARY KEY (name, value, session_no));

-- The one row of a session that changes, and the lock that puts its writes in order. admitted_* and consumed_* are by
-- track; external_bytes is the sum of the sizes of all external events that it ever had.
CREATE TABLE state (
  no bigint PRIMARY KEY,
  archived boolean NOT NULL,
  keep_alive boolean NOT NULL,
  in_turn boolean NOT NULL,
  runnable boolean NOT NULL,
  version bigint NOT NULL,
  last_seq bigint NOT NULL,
  entries bigint NOT NULL,
  sent bigint NOT NULL,
  unsettled bigint NOT NULL,
  retried bigint NOT NULL,
  external_bytes bigint NOT NULL,
  admitted_0 bigint NOT NULL,
  admitted_1 bigint NOT NULL,
  admitted_2 bigint NOT NULL,
  admitted_3 bigint NOT NULL,
  admitted_4 bigint NOT NULL,
  consumed_0 bigint NOT NULL,
  consumed_1 bigint NOT NULL,
  consumed_2 bigint NOT NULL,
  consumed_3 bigint NOT NULL,
  consumed_4 bigint NOT NULL,
  progress bytea NOT NULL) WITH (fillfactor = 60, autovacuum_vacuum_scale_factor = 0.02);
CREATE INDEX state_runnable ON state (no) WHERE runnable;

-- The event log of a session is input and event together, in the order of seq, which has no gaps. bytes of an external
-- event is the sum of the sizes of the session's external events up to it.
CREATE TABLE input (
  session_no bigint NOT NULL,
  seq bigint NOT NULL,
  track smallint NOT NULL,
  n bigint NOT NULL,
  bytes bigint NOT NULL,
  at bigint NOT NULL,
  id uuid NOT NULL,
  body bytea NOT NULL,
  PRIMARY KEY (session_no, seq));
CREATE UNIQUE INDEX input_by_track ON input (session_no, track, n);
CREATE UNIQUE INDEX input_by_id ON input (id, session_no);

CREATE TABLE event (
  session_no bigint NOT NULL,
  seq bigint NOT NULL,
  body bytea NOT NULL,
  PRIMARY KEY (session_no, seq));

-- hash is the first half of the SHA-256 of an idempotency key.
CREATE TABLE event_key (
  session_no bigint NOT NULL,
  hash uuid NOT NULL,
  seq bigint NOT NULL,
  PRIMARY KEY (session_no, hash));

-- Responses for handles are no inputs, but a second delivery must be known all the same.
CREATE TABLE handle_reply (
  id uuid NOT NULL,
  session_no bigint NOT NULL,
  seq bigint NOT NULL,
  PRIMARY KEY (id, session_no));

-- An entry has a body, or refers to an input.
CREATE TABLE transcript (
  session_no bigint NOT NULL,
  i bigint NOT NULL,
  input_seq bigint,
  at bigint,
  turn uuid,
  body bytea,
  PRIMARY KEY (session_no, i));

CREATE TABLE request (
  id uuid PRIMARY KEY,
  requester uuid NOT NULL,
  responder uuid NOT NULL,
  to_handle boolean NOT NULL,
  reply bytea);

CREATE TABLE outbox (
  session_no bigint NOT NULL,
  n bigint NOT NULL,
  id uuid NOT NULL,
  body bytea NOT NULL,
  PRIMARY KEY (session_no, n));
CREATE UNIQUE INDEX outbox_by_id ON outbox (session_no, id);

-- state: 0 held, 1 set aside, 2 dead, 3 discarded, 4 handled.
CREATE TABLE failed_input (
  session_no bigint NOT NULL,
  seq bigint NOT NULL,
  state smallint NOT NULL,
  retry_at bigint NOT NULL,
  turn uuid NOT NULL,
  body bytea NOT NULL,
  PRIMARY KEY (session_no, seq));
CREATE INDEX failed_input_retried ON failed_input (session_no, retry_at) WHERE state < 2;
CREATE INDEX failed_input_dead ON failed_input (session_no, seq) WHERE state = 2;

CREATE TABLE context_key (
  session_no bigint NOT NULL,
  key bytea NOT NULL,
  digest bytea NOT NULL,
  PRIMARY KEY (session_no, key));
