-- Notes that events bring, before the keeper makes memories of them: a row is as cheap as one of an event, and what is said
-- again and again waits as one row that counts.
CREATE TABLE memory_inbox (
  id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT memory_inbox_pkey PRIMARY KEY,
  -- A hash of everything but the event and the times.
  likeness uuid NOT NULL CONSTRAINT memory_inbox_likeness_key UNIQUE,
  kind text NOT NULL,
  content text NOT NULL,
  source text NOT NULL,
  trust text NOT NULL,
  origin text NOT NULL,
  importance real NOT NULL,
  title text,
  tags text[] NOT NULL,
  conversation text,
  -- The first one.
  event_id bigint NOT NULL,
  seen_count integer NOT NULL,
  created_at timestamptz NOT NULL,
  last_seen_at timestamptz NOT NULL,
  day date NOT NULL,
  -- As of memories: what could not become one is refused with its event and not afterwards.
  CONSTRAINT memory_inbox_importance_range CHECK (importance BETWEEN 0 AND 1),
  CONSTRAINT memory_inbox_kind_known
    CHECK (kind IN ('note', 'fact', 'preference', 'event', 'summary', 'task_result', 'document')),
  CONSTRAINT memory_inbox_origin_known
    CHECK (origin IN ('event', 'owner', 'agent', 'extraction', 'task', 'compaction', 'import')),
  CONSTRAINT memory_inbox_seen_positive CHECK (seen_count > 0),
  CONSTRAINT memory_inbox_trust_known CHECK (trust IN ('owner', 'local', 'untrusted'))
);
-- The owner's words are taken first.
CREATE INDEX memory_inbox_owner_idx ON memory_inbox (id) WHERE trust = 'owner';
