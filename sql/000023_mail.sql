-- How far each watched folder was read. Failure is a state of the watcher and never a row.
CREATE TABLE mail_folders (
  account text NOT NULL,
  folder text NOT NULL,
  -- Host and user: the same name for another mailbox begins anew.
  mailbox text NOT NULL,
  uid_validity bigint NOT NULL,
  -- The highest UID that the journal has the event of.
  cursor bigint NOT NULL,
  -- The latest time of receipt among those mails, or when the watch began.
  seen_at timestamptz NOT NULL,
  last_message_at timestamptz,
  CONSTRAINT mail_folders_pkey PRIMARY KEY (account, folder)
);

-- What was met, by what it is: UIDs are given anew at times, and a mail may lie in two folders.
CREATE TABLE mail_seen (
  id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT mail_seen_pkey PRIMARY KEY,
  account text NOT NULL,
  fingerprint text NOT NULL,
  at timestamptz NOT NULL,
  -- It became an event. What was old at the first look, or one of too many at once, can still be asked for.
  taken boolean NOT NULL,
  CONSTRAINT mail_seen_once UNIQUE (account, fingerprint)
);

-- The mails among the events, and the digests of them that were asked for.
CREATE INDEX events_mail_idx ON events (id) WHERE category = 'mail';
CREATE INDEX events_digest_idx ON events (id) WHERE route = 'reflex:digest';
