-- What the main job needs: journals, events, conversations, tasks, what was done, memories, settings.

CREATE EXTENSION IF NOT EXISTS vector;
CREATE EXTENSION IF NOT EXISTS pg_trgm;

-- A journal is one home's append-only file of wire lines. Its number forms the upper bits of event ids,
-- so that several homes may share one database; past 2^40 bytes the same journal goes on under a new number (epoch).
CREATE TABLE journals (
  id integer GENERATED ALWAYS AS IDENTITY CONSTRAINT journals_pkey PRIMARY KEY,
  uuid uuid NOT NULL,
  epoch integer NOT NULL,
  host text NOT NULL,
  created_at timestamptz NOT NULL,
  CONSTRAINT journals_uuid_epoch_key UNIQUE (uuid, epoch),
  CONSTRAINT journals_id_fits_event_ids CHECK (id BETWEEN 1 AND 8190)
);

-- id = journal number * 2^40 + byte position of the line in its journal, modulo 2^40.
CREATE TABLE events (
  id bigint CONSTRAINT events_pkey PRIMARY KEY,
  priority smallint NOT NULL,
  source text NOT NULL,
  category text NOT NULL,
  payload text NOT NULL,
  occurred_at timestamptz NOT NULL,
  received_at timestamptz NOT NULL,
  route text NOT NULL,
  rule text NOT NULL,
  status text NOT NULL,
  reason text,
  reply text,
  conversation text,
  dedup_key text,
  CONSTRAINT events_priority_known CHECK (priority BETWEEN 0 AND 5),
  CONSTRAINT events_status_known CHECK (status IN ('task', 'done', 'dropped', 'failed', 'dead'))
);
CREATE UNIQUE INDEX events_dedup_key_key ON events (dedup_key) WHERE dedup_key IS NOT NULL;
CREATE INDEX events_open_idx ON events (id) WHERE status IN ('task', 'failed', 'dead');

CREATE TABLE conversations (
  id text CONSTRAINT conversations_pkey PRIMARY KEY,
  session_id uuid,
  cost_high_water_usd numeric(12, 6) NOT NULL DEFAULT 0,
  created_at timestamptz NOT NULL,
  last_used_at timestamptz NOT NULL
);

CREATE TABLE tasks (
  id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT tasks_pkey PRIMARY KEY,
  event_id bigint NOT NULL CONSTRAINT tasks_event_id_key UNIQUE,
  priority smallint NOT NULL,
  source text NOT NULL,
  category text NOT NULL,
  conversation text,
  prompt text NOT NULL,
  reply_to text,
  state text NOT NULL DEFAULT 'queued',
  outcome text,
  reason text,
  reply text,
  progress text,
  attempts smallint NOT NULL DEFAULT 0,
  run_after timestamptz NOT NULL,
  worker uuid,
  lease_until timestamptz,
  process jsonb,
  agent jsonb,
  session_id uuid,
  memories jsonb NOT NULL DEFAULT '[]',
  cost_usd numeric(12, 6) NOT NULL DEFAULT 0,
  usage jsonb,
  queued_at timestamptz NOT NULL,
  started_at timestamptz,
  finished_at timestamptz,
  CONSTRAINT tasks_state_known CHECK (state IN ('queued', 'running', 'done', 'failed', 'cancelled', 'dead')),
  CONSTRAINT tasks_priority_known CHECK (priority BETWEEN 0 AND 5),
  CONSTRAINT tasks_ended_has_outcome CHECK ((state IN ('queued', 'running')) = (finished_at IS NULL)),
  CONSTRAINT tasks_running_has_worker CHECK (state <> 'running' OR (worker IS NOT NULL AND lease_until IS NOT NULL))
);
CREATE INDEX tasks_queued_idx ON tasks (priority, id) WHERE state = 'queued';
CREATE INDEX tasks_running_idx ON tasks (worker) WHERE state = 'running';
CREATE UNIQUE INDEX tasks_one_running_a_conversation ON tasks (conversation) WHERE state = 'running';
CREATE INDEX tasks_finished_idx ON tasks (finished_at) WHERE finished_at IS NOT NULL;
CREATE INDEX tasks_conversation_idx ON tasks (conversation, id) WHERE conversation IS NOT NULL;
CREATE INDEX tasks_text_idx ON tasks
  USING gin (to_tsvector('english', left(prompt, 50000) || ' ' || left(coalesce(reply, ''), 50000))) WHERE state = 'done';

-- What the daemon did, for people: one row a noteworthy act.
CREATE TABLE activity_log (
  id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT activity_log_pkey PRIMARY KEY,
  at timestamptz NOT NULL,
  actor text NOT NULL,
  action text NOT NULL,
  summary text NOT NULL,
  event_id bigint,
  task_id bigint,
  detail jsonb
);
CREATE INDEX activity_log_at_idx ON activity_log (at);
CREATE INDEX activity_log_task_idx ON activity_log (task_id) WHERE task_id IS NOT NULL;

CREATE TABLE memory_embeddings (
  id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT memory_embeddings_pkey PRIMARY KEY,
  kind text NOT NULL,
  content text NOT NULL,
  content_hash text NOT NULL GENERATED ALWAYS AS (md5(content)) STORED,
  source text NOT NULL,
  trust text NOT NULL,
  importance real NOT NULL DEFAULT 0.5,
  event_id bigint CONSTRAINT memory_embeddings_event_id_key UNIQUE,
  task_id bigint,
  embedding vector(384),
  model text,
  seen_count integer NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL,
  last_seen_at timestamptz NOT NULL,
  search tsvector NOT NULL GENERATED ALWAYS AS (to_tsvector('english', left(content, 100000))) STORED,
  CONSTRAINT memory_embeddings_kind_known
    CHECK (kind IN ('note', 'fact', 'preference', 'event', 'summary', 'task_result', 'document')),
  CONSTRAINT memory_embeddings_trust_known CHECK (trust IN ('owner', 'local', 'untrusted')),
  CONSTRAINT memory_embeddings_importance_range CHECK (importance BETWEEN 0 AND 1),
  CONSTRAINT memory_embeddings_embedding_has_model CHECK ((embedding IS NULL) = (model IS NULL))
);
CREATE INDEX memory_embeddings_search_idx ON memory_embeddings USING gin (search);
CREATE INDEX memory_embeddings_hash_idx ON memory_embeddings (content_hash);
CREATE INDEX memory_embeddings_created_idx ON memory_embeddings (created_at);

-- Settings changed at run time; they win over config.json, the environment wins over both.
CREATE TABLE config (
  key text CONSTRAINT config_pkey PRIMARY KEY,
  value jsonb NOT NULL,
  updated_at timestamptz NOT NULL,
  updated_by text NOT NULL
);
