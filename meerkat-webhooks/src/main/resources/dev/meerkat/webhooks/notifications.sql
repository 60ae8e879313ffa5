-- How far each target of notifications was told of each session, and which process tells it. The names are not qualified: the
-- tables stand in the first schema of the search path. They are made at the start if they are not there; a tool such as Flyway can
-- do so before.
CREATE TABLE meerkat_notification_target (
  name text PRIMARY KEY);
CREATE TABLE meerkat_notification_position (
  target text NOT NULL,
  session uuid NOT NULL,
  position bigint NOT NULL,
  PRIMARY KEY (target, session));
CREATE TABLE meerkat_notification_claim (
  target text PRIMARY KEY,
  owner uuid NOT NULL,
  held_until timestamptz NOT NULL);
