-- Sessions can be deleted, and logs and transcripts cut. As before, names are not qualified.

UPDATE meerkat_version SET version = 4;

-- Sessions that are being deleted, and what finds their rows.
CREATE TABLE deleted (
  session_no bigint PRIMARY KEY,
  id uuid NOT NULL);
CREATE INDEX label_by_session ON label (session_no);
CREATE INDEX handle_reply_by_session ON handle_reply (session_no);
CREATE INDEX request_by_requester ON request (requester);
CREATE INDEX session_archived ON session (no) WHERE archived;

-- Where logs and transcripts begin that were cut. A session whose spec says how long things are kept is marked.
CREATE TABLE cut (
  session_no bigint PRIMARY KEY,
  events bigint NOT NULL,
  entries bigint NOT NULL);
ALTER TABLE session ADD COLUMN retained boolean NOT NULL DEFAULT false;
CREATE INDEX session_retained ON session (no) WHERE retained;
