-- What leaves with a transaction of the application: events for sessions, and commands that sessions send. The names are not
-- qualified: the table stands where the application's own tables do. It is made at the start if it is not there; a tool such as
-- Flyway can run this before.
CREATE TABLE meerkat_outbox (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  realm text NOT NULL,
  session text NOT NULL,
  kind text NOT NULL,
  content text NOT NULL,
  once_key text NOT NULL,
  trace text NOT NULL DEFAULT '',
  created_at timestamptz NOT NULL DEFAULT now(),
  attempts integer NOT NULL DEFAULT 0,
  due_at timestamptz NOT NULL DEFAULT now(),
  failed boolean NOT NULL DEFAULT false,
  problem text);
CREATE INDEX meerkat_outbox_waiting ON meerkat_outbox (realm, session, id) WHERE NOT failed;
