-- Made by `npm run schema:dump` from the migrations; do not edit.

CREATE EXTENSION pg_trgm;
CREATE EXTENSION vector;

CREATE FUNCTION graph_note_events_gone() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO graph_pending (origin, origin_id)
  SELECT 'event', id FROM gone
   WHERE EXISTS (SELECT FROM entity_mentions WHERE origin = 'event' AND origin_id = gone.id)
      OR EXISTS (SELECT FROM entity_links WHERE origin = 'event' AND origin_id = gone.id)
  ON CONFLICT ON CONSTRAINT graph_pending_pkey DO UPDATE SET turn = graph_pending.turn + 1, attempts = 0;
  RETURN NULL;
END $$;

CREATE FUNCTION graph_note_gone() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO graph_pending (origin, origin_id) SELECT TG_ARGV[0], id FROM gone
  ON CONFLICT ON CONSTRAINT graph_pending_pkey DO UPDATE SET turn = graph_pending.turn + 1, attempts = 0;
  RETURN NULL;
END $$;

CREATE FUNCTION graph_note_row() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO graph_pending (origin, origin_id) VALUES (TG_ARGV[0], NEW.id)
  ON CONFLICT ON CONSTRAINT graph_pending_pkey DO UPDATE SET turn = graph_pending.turn + 1, attempts = 0;
  RETURN NULL;
END $$;

CREATE FUNCTION memory_codes(given text) RETURNS text[] LANGUAGE sql AS $$$$;

CREATE FUNCTION memory_day(at timestamp with time zone) RETURNS tsvector LANGUAGE sql AS $$$$;

CREATE FUNCTION memory_terms(given text) RETURNS tsvector LANGUAGE sql AS $$$$;

CREATE FUNCTION memory_text_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO memory_text_changes (search, delta) VALUES (OLD.search, -1), (NEW.search, 1);
  RETURN NULL;
END
$$;

CREATE FUNCTION memory_texts_added() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO memory_text_changes (search, delta) SELECT search, 1 FROM added;
  RETURN NULL;
END
$$;

CREATE FUNCTION memory_texts_removed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO memory_text_changes (search, delta) SELECT search, -1 FROM removed;
  RETURN NULL;
END
$$;

CREATE FUNCTION memory_texts_truncated() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM memory_text_changes;
  DELETE FROM memory_lexemes;
  UPDATE memory_corpus SET documents = 0, lexemes = 0;
  RETURN NULL;
END
$$;

CREATE TABLE activity_log (
  id bigint GENERATED ALWAYS AS IDENTITY NOT NULL,
  at timestamp with time zone NOT NULL,
  actor text NOT NULL,
  action text NOT NULL,
  summary text NOT NULL,
  event_id bigint,
  task_id bigint,
  detail jsonb,
  CONSTRAINT activity_log_pkey PRIMARY KEY (id)
);
CREATE INDEX activity_log_at_idx ON public.activity_log USING btree (at);
CREATE INDEX activity_log_notified_idx ON public.activity_log USING btree (at) WHERE (action = 'owner.notified'::text);
CREATE INDEX activity_log_spend_idx ON public.activity_log USING btree (id) WHERE (actor = 'spend'::text);
CREATE INDEX activity_log_task_idx ON public.activity_log USING btree (task_id) WHERE (task_id IS NOT NULL);

CREATE TABLE config (
  key text NOT NULL,
  value jsonb NOT NULL,
  updated_at timestamp with time zone NOT NULL,
  updated_by text NOT NULL,
  CONSTRAINT config_pkey PRIMARY KEY (key)
);

CREATE TABLE conversation_reads (
  conversation text NOT NULL,
  read_until timestamp with time zone NOT NULL,
  CONSTRAINT conversation_reads_pkey PRIMARY KEY (conversation)
);

CREATE TABLE conversations (
  id text NOT NULL,
  session_id uuid,
  cost_high_water_usd numeric(12,6) DEFAULT 0 NOT NULL,
  created_at timestamp with time zone NOT NULL,
  last_used_at timestamp with time zone NOT NULL,
  usage_high_water jsonb DEFAULT '{}'::jsonb NOT NULL,
  works_in text,
  CONSTRAINT conversations_pkey PRIMARY KEY (id)
);
CREATE INDEX conversations_last_used_idx ON public.conversations USING btree (last_used_at);

CREATE TABLE embedding_models (
  id integer GENERATED ALWAYS AS IDENTITY NOT NULL,
  name text NOT NULL,
  dimensions integer NOT NULL,
  indexed boolean DEFAULT false NOT NULL,
  created_at timestamp with time zone NOT NULL,
  last_used_at timestamp with time zone,
  CONSTRAINT embedding_models_pkey PRIMARY KEY (id),
  CONSTRAINT embedding_models_name_dimensions_key UNIQUE (name, dimensions),
  CONSTRAINT embedding_models_dimensions_indexable CHECK (((dimensions >= 1) AND (dimensions <= 2000)))
);

CREATE TABLE entities (
  id bigint GENERATED ALWAYS AS IDENTITY NOT NULL,
  kind text NOT NULL,
  canonical text NOT NULL,
  name text NOT NULL,
  aliases text[] DEFAULT '{}'::text[] NOT NULL,
  detail jsonb DEFAULT '{}'::jsonb NOT NULL,
  trust text NOT NULL,
  mentions integer DEFAULT 1 NOT NULL,
  evidence jsonb DEFAULT '[]'::jsonb NOT NULL,
  first_seen_at timestamp with time zone NOT NULL,
  last_seen_at timestamp with time zone NOT NULL,
  taught boolean DEFAULT false NOT NULL,
  CONSTRAINT entities_pkey PRIMARY KEY (id),
  CONSTRAINT entities_kind_canonical_key UNIQUE (kind, canonical),
  CONSTRAINT entities_kind_known CHECK ((kind = ANY (ARRAY['person'::text, 'organisation'::text, 'place'::text, 'host'::text, 'service'::text, 'repository'::text, 'url'::text, 'email'::text, 'ip'::text, 'version'::text, 'other'::text]))),
  CONSTRAINT entities_mentions_not_negative CHECK ((mentions >= 0)),
  CONSTRAINT entities_trust_known CHECK ((trust = ANY (ARRAY['owner'::text, 'local'::text, 'untrusted'::text])))
);
CREATE INDEX entities_aliases_idx ON public.entities USING gin (aliases);
CREATE INDEX entities_last_seen_idx ON public.entities USING btree (last_seen_at);
CREATE INDEX entities_mentions_idx ON public.entities USING btree (mentions DESC, id);
CREATE INDEX entities_name_trgm_idx ON public.entities USING gin (name gin_trgm_ops);

CREATE TABLE entity_links (
  subject_id bigint NOT NULL,
  predicate text NOT NULL,
  object_id bigint NOT NULL,
  origin text NOT NULL,
  origin_id bigint NOT NULL,
  event_id bigint,
  trust text NOT NULL,
  snippet text NOT NULL,
  at timestamp with time zone NOT NULL,
  CONSTRAINT entity_links_pkey PRIMARY KEY (subject_id, predicate, object_id, origin, origin_id),
  CONSTRAINT entity_links_object_id_fkey FOREIGN KEY (object_id) REFERENCES entity_names(id) ON DELETE CASCADE,
  CONSTRAINT entity_links_subject_id_fkey FOREIGN KEY (subject_id) REFERENCES entity_names(id) ON DELETE CASCADE,
  CONSTRAINT entity_links_not_to_itself CHECK ((subject_id <> object_id)),
  CONSTRAINT entity_links_origin_known CHECK ((origin = ANY (ARRAY['memory'::text, 'task'::text, 'event'::text]))),
  CONSTRAINT entity_links_snippet_bounded CHECK ((length(snippet) <= 200)),
  CONSTRAINT entity_links_trust_known CHECK ((trust = ANY (ARRAY['owner'::text, 'local'::text, 'untrusted'::text])))
);
CREATE INDEX entity_links_object_idx ON public.entity_links USING btree (object_id);
CREATE INDEX entity_links_origin_idx ON public.entity_links USING btree (origin, origin_id);

CREATE TABLE entity_mentions (
  name_id bigint NOT NULL,
  origin text NOT NULL,
  origin_id bigint NOT NULL,
  event_id bigint,
  trust text NOT NULL,
  snippet text NOT NULL,
  at timestamp with time zone NOT NULL,
  CONSTRAINT entity_mentions_pkey PRIMARY KEY (name_id, origin, origin_id),
  CONSTRAINT entity_mentions_name_id_fkey FOREIGN KEY (name_id) REFERENCES entity_names(id) ON DELETE CASCADE,
  CONSTRAINT entity_mentions_origin_known CHECK ((origin = ANY (ARRAY['memory'::text, 'task'::text, 'event'::text]))),
  CONSTRAINT entity_mentions_snippet_bounded CHECK ((length(snippet) <= 200)),
  CONSTRAINT entity_mentions_trust_known CHECK ((trust = ANY (ARRAY['owner'::text, 'local'::text, 'untrusted'::text])))
);
CREATE INDEX entity_mentions_latest_idx ON public.entity_mentions USING btree (name_id, at DESC);
CREATE INDEX entity_mentions_origin_idx ON public.entity_mentions USING btree (origin, origin_id);

CREATE TABLE entity_names (
  id bigint GENERATED ALWAYS AS IDENTITY NOT NULL,
  entity_id bigint,
  kind text NOT NULL,
  key text NOT NULL,
  name text NOT NULL,
  taught boolean DEFAULT false NOT NULL,
  CONSTRAINT entity_names_pkey PRIMARY KEY (id),
  CONSTRAINT entity_names_kind_key_key UNIQUE (kind, key),
  CONSTRAINT entity_names_entity_id_fkey FOREIGN KEY (entity_id) REFERENCES entities(id) ON DELETE CASCADE
);
CREATE INDEX entity_names_entity_idx ON public.entity_names USING btree (entity_id);
CREATE INDEX entity_names_key_idx ON public.entity_names USING btree (key);
CREATE INDEX entity_names_key_trgm_idx ON public.entity_names USING gin (key gin_trgm_ops);

CREATE TABLE entity_relations (
  id bigint GENERATED ALWAYS AS IDENTITY NOT NULL,
  subject_id bigint NOT NULL,
  predicate text NOT NULL,
  object_id bigint NOT NULL,
  trust text NOT NULL,
  mentions integer DEFAULT 1 NOT NULL,
  evidence jsonb DEFAULT '[]'::jsonb NOT NULL,
  first_seen_at timestamp with time zone NOT NULL,
  last_seen_at timestamp with time zone NOT NULL,
  weight real DEFAULT 0 NOT NULL,
  CONSTRAINT entity_relations_pkey PRIMARY KEY (id),
  CONSTRAINT entity_relations_triple_key UNIQUE (subject_id, predicate, object_id),
  CONSTRAINT entity_relations_object_id_fkey FOREIGN KEY (object_id) REFERENCES entities(id) ON DELETE CASCADE,
  CONSTRAINT entity_relations_subject_id_fkey FOREIGN KEY (subject_id) REFERENCES entities(id) ON DELETE CASCADE,
  CONSTRAINT entity_relations_mentions_positive CHECK ((mentions > 0)),
  CONSTRAINT entity_relations_not_to_itself CHECK ((subject_id <> object_id)),
  CONSTRAINT entity_relations_trust_known CHECK ((trust = ANY (ARRAY['owner'::text, 'local'::text, 'untrusted'::text])))
);
CREATE INDEX entity_relations_object_idx ON public.entity_relations USING btree (object_id);
CREATE INDEX entity_relations_weight_idx ON public.entity_relations USING btree (weight DESC, id);

CREATE TABLE events (
  id bigint NOT NULL,
  priority smallint NOT NULL,
  source text NOT NULL,
  category text NOT NULL,
  payload text NOT NULL,
  occurred_at timestamp with time zone NOT NULL,
  received_at timestamp with time zone NOT NULL,
  route text NOT NULL,
  rule text NOT NULL,
  status text NOT NULL,
  reason text,
  reply text,
  conversation text,
  dedup_key text,
  CONSTRAINT events_pkey PRIMARY KEY (id),
  CONSTRAINT events_priority_known CHECK (((priority >= 0) AND (priority <= 5))),
  CONSTRAINT events_status_known CHECK ((status = ANY (ARRAY['task'::text, 'done'::text, 'dropped'::text, 'failed'::text, 'dead'::text])))
);
CREATE INDEX events_conversation_idx ON public.events USING btree (conversation, id) WHERE (conversation IS NOT NULL);
CREATE UNIQUE INDEX events_dedup_key_key ON public.events USING btree (dedup_key) WHERE (dedup_key IS NOT NULL);
CREATE INDEX events_open_idx ON public.events USING btree (id) WHERE (status = ANY (ARRAY['task'::text, 'failed'::text, 'dead'::text]));
CREATE TRIGGER graph_events_gone AFTER DELETE ON events REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION graph_note_events_gone();

CREATE TABLE fleet_reports (
  id bigint GENERATED ALWAYS AS IDENTITY NOT NULL,
  machine_id bigint NOT NULL,
  at timestamp with time zone NOT NULL,
  state text NOT NULL,
  reason text,
  took_ms integer,
  load1 real,
  cpu_count smallint,
  memory_used_bytes bigint,
  memory_total_bytes bigint,
  disks jsonb,
  uptime_s bigint,
  services jsonb,
  CONSTRAINT fleet_reports_pkey PRIMARY KEY (id),
  CONSTRAINT fleet_reports_machine_id_fkey FOREIGN KEY (machine_id) REFERENCES machines(id) ON DELETE CASCADE,
  CONSTRAINT fleet_reports_state_known CHECK ((state = ANY (ARRAY['up'::text, 'degraded'::text, 'down'::text]))),
  CONSTRAINT fleet_reports_trouble_has_reason CHECK (((state = 'up'::text) OR (reason IS NOT NULL)))
);
CREATE INDEX fleet_reports_at_idx ON public.fleet_reports USING btree (at);
CREATE INDEX fleet_reports_machine_idx ON public.fleet_reports USING btree (machine_id, at DESC);

CREATE TABLE goals (
  id bigint GENERATED ALWAYS AS IDENTITY NOT NULL,
  name text NOT NULL,
  schedule text NOT NULL,
  time_zone text NOT NULL,
  prompt text,
  reflex text,
  missed_run text DEFAULT 'skip'::text NOT NULL,
  enabled boolean DEFAULT true NOT NULL,
  failures_in_a_row integer DEFAULT 0 NOT NULL,
  paused_reason text,
  last_run_at timestamp with time zone,
  last_event_id bigint,
  next_run_at timestamp with time zone,
  created_at timestamp with time zone NOT NULL,
  updated_at timestamp with time zone NOT NULL,
  CONSTRAINT goals_pkey PRIMARY KEY (id),
  CONSTRAINT goals_name_key UNIQUE (name),
  CONSTRAINT goals_failures_not_negative CHECK ((failures_in_a_row >= 0)),
  CONSTRAINT goals_missed_run_known CHECK ((missed_run = ANY (ARRAY['skip'::text, 'once'::text]))),
  CONSTRAINT goals_paused_is_disabled CHECK (((paused_reason IS NULL) OR (NOT enabled))),
  CONSTRAINT goals_prompt_or_reflex CHECK ((num_nonnulls(prompt, reflex) = 1))
);
CREATE INDEX goals_due_idx ON public.goals USING btree (next_run_at) WHERE (enabled AND (next_run_at IS NOT NULL));

CREATE TABLE graph_pending (
  origin text NOT NULL,
  origin_id bigint NOT NULL,
  turn integer DEFAULT 1 NOT NULL,
  attempts smallint DEFAULT 0 NOT NULL,
  "position" bigint GENERATED ALWAYS AS IDENTITY NOT NULL,
  CONSTRAINT graph_pending_pkey PRIMARY KEY (origin, origin_id)
);
CREATE INDEX graph_pending_position_idx ON public.graph_pending USING btree ("position");

CREATE TABLE journals (
  id integer GENERATED ALWAYS AS IDENTITY NOT NULL,
  uuid uuid NOT NULL,
  epoch integer NOT NULL,
  host text NOT NULL,
  created_at timestamp with time zone NOT NULL,
  CONSTRAINT journals_pkey PRIMARY KEY (id),
  CONSTRAINT journals_uuid_epoch_key UNIQUE (uuid, epoch),
  CONSTRAINT journals_id_fits_event_ids CHECK (((id >= 1) AND (id <= 8190)))
);

CREATE TABLE machines (
  id bigint GENERATED ALWAYS AS IDENTITY NOT NULL,
  name text NOT NULL,
  kind text NOT NULL,
  address text,
  poll_every_ms integer DEFAULT 60000 NOT NULL,
  services text[] DEFAULT '{}'::text[] NOT NULL,
  enabled boolean DEFAULT true NOT NULL,
  state text DEFAULT 'unknown'::text NOT NULL,
  state_since timestamp with time zone NOT NULL,
  last_seen_at timestamp with time zone,
  created_at timestamp with time zone NOT NULL,
  CONSTRAINT machines_pkey PRIMARY KEY (id),
  CONSTRAINT machines_name_key UNIQUE (name),
  CONSTRAINT machines_kind_known CHECK ((kind = ANY (ARRAY['local'::text, 'ssh'::text, 'http'::text]))),
  CONSTRAINT machines_name_fits_a_source CHECK ((name ~ '^[A-Za-z0-9._-]{1,58}$'::text)),
  CONSTRAINT machines_poll_every_sane CHECK (((poll_every_ms >= 1000) AND (poll_every_ms <= 86400000))),
  CONSTRAINT machines_remote_has_address CHECK (((kind = 'local'::text) = (address IS NULL))),
  CONSTRAINT machines_state_known CHECK ((state = ANY (ARRAY['unknown'::text, 'up'::text, 'degraded'::text, 'down'::text])))
);

CREATE TABLE memory_corpus (
  one boolean DEFAULT true NOT NULL,
  documents bigint NOT NULL,
  lexemes bigint NOT NULL,
  CONSTRAINT memory_corpus_pkey PRIMARY KEY (one),
  CONSTRAINT memory_corpus_one_row CHECK (one)
);

CREATE TABLE memory_documents (
  id bigint GENERATED ALWAYS AS IDENTITY NOT NULL,
  title text,
  content_hash text NOT NULL,
  trust text NOT NULL,
  chars integer NOT NULL,
  created_at timestamp with time zone NOT NULL,
  chunks integer,
  CONSTRAINT memory_documents_pkey PRIMARY KEY (id),
  CONSTRAINT memory_documents_chars_positive CHECK ((chars > 0)),
  CONSTRAINT memory_documents_chunks_positive CHECK ((chunks > 0)),
  CONSTRAINT memory_documents_trust_known CHECK ((trust = ANY (ARRAY['owner'::text, 'local'::text, 'untrusted'::text])))
);
CREATE INDEX memory_documents_hash_idx ON public.memory_documents USING btree (content_hash);

CREATE TABLE memory_embeddings (
  id bigint GENERATED ALWAYS AS IDENTITY NOT NULL,
  kind text NOT NULL,
  content text NOT NULL,
  content_hash text GENERATED ALWAYS AS (md5(content)) STORED NOT NULL,
  source text NOT NULL,
  trust text NOT NULL,
  importance real DEFAULT 0.5 NOT NULL,
  event_id bigint,
  task_id bigint,
  seen_count integer DEFAULT 1 NOT NULL,
  created_at timestamp with time zone NOT NULL,
  last_seen_at timestamp with time zone NOT NULL,
  origin text DEFAULT 'event'::text NOT NULL,
  title text,
  tags text[] DEFAULT '{}'::text[] NOT NULL,
  conversation text,
  document_id bigint,
  chunk integer,
  pinned boolean DEFAULT false NOT NULL,
  redacted integer DEFAULT 0 NOT NULL,
  prepared boolean DEFAULT false NOT NULL,
  recall_count integer DEFAULT 0 NOT NULL,
  last_recalled_at timestamp with time zone,
  edited_at timestamp with time zone,
  search tsvector GENERATED ALWAYS AS ((memory_terms((COALESCE((title || '
'::text), ''::text) || content)) || memory_day(created_at))) STORED NOT NULL,
  CONSTRAINT memory_embeddings_pkey PRIMARY KEY (id),
  CONSTRAINT memory_embeddings_document_chunk_key UNIQUE (document_id, chunk),
  CONSTRAINT memory_embeddings_document_id_fkey FOREIGN KEY (document_id) REFERENCES memory_documents(id) ON DELETE CASCADE,
  CONSTRAINT memory_embeddings_chunk_has_document CHECK (((document_id IS NULL) = (chunk IS NULL))),
  CONSTRAINT memory_embeddings_chunk_not_negative CHECK ((chunk >= 0)),
  CONSTRAINT memory_embeddings_counts_not_negative CHECK ((LEAST(redacted, recall_count) >= 0)),
  CONSTRAINT memory_embeddings_importance_range CHECK (((importance >= (0)::double precision) AND (importance <= (1)::double precision))),
  CONSTRAINT memory_embeddings_kind_known CHECK ((kind = ANY (ARRAY['note'::text, 'fact'::text, 'preference'::text, 'event'::text, 'summary'::text, 'task_result'::text, 'document'::text]))),
  CONSTRAINT memory_embeddings_origin_known CHECK ((origin = ANY (ARRAY['event'::text, 'owner'::text, 'agent'::text, 'extraction'::text, 'task'::text, 'compaction'::text, 'import'::text]))),
  CONSTRAINT memory_embeddings_recalled_has_time CHECK (((recall_count = 0) = (last_recalled_at IS NULL))),
  CONSTRAINT memory_embeddings_seen_positive CHECK ((seen_count > 0)),
  CONSTRAINT memory_embeddings_trust_known CHECK ((trust = ANY (ARRAY['owner'::text, 'local'::text, 'untrusted'::text])))
);
CREATE INDEX memory_embeddings_agent_idx ON public.memory_embeddings USING btree (created_at) WHERE (origin = 'agent'::text);
CREATE INDEX memory_embeddings_created_idx ON public.memory_embeddings USING btree (created_at);
CREATE INDEX memory_embeddings_event_idx ON public.memory_embeddings USING btree (event_id) WHERE (event_id IS NOT NULL);
CREATE INDEX memory_embeddings_hash_idx ON public.memory_embeddings USING btree (content_hash);
CREATE INDEX memory_embeddings_search_idx ON public.memory_embeddings USING gin (search) WITH (gin_pending_list_limit='256');
CREATE INDEX memory_embeddings_task_idx ON public.memory_embeddings USING btree (task_id) WHERE (task_id IS NOT NULL);
CREATE INDEX memory_embeddings_unprepared_idx ON public.memory_embeddings USING btree (((trust <> 'owner'::text)), id) WHERE (NOT prepared);
CREATE TRIGGER graph_memory_added AFTER INSERT ON memory_embeddings FOR EACH ROW WHEN (new.prepared) EXECUTE FUNCTION graph_note_row('memory');
CREATE TRIGGER graph_memory_changed AFTER UPDATE OF content, trust, prepared ON memory_embeddings FOR EACH ROW WHEN ((new.prepared AND (((old.content IS DISTINCT FROM new.content) OR (old.trust IS DISTINCT FROM new.trust)) OR (old.prepared IS DISTINCT FROM new.prepared)))) EXECUTE FUNCTION graph_note_row('memory');
CREATE TRIGGER graph_memory_gone AFTER DELETE ON memory_embeddings REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION graph_note_gone('memory');
CREATE TRIGGER memory_embeddings_text_changed AFTER UPDATE ON memory_embeddings FOR EACH ROW WHEN ((old.search IS DISTINCT FROM new.search)) EXECUTE FUNCTION memory_text_changed();
CREATE TRIGGER memory_embeddings_texts_added AFTER INSERT ON memory_embeddings REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION memory_texts_added();
CREATE TRIGGER memory_embeddings_texts_removed AFTER DELETE ON memory_embeddings REFERENCING OLD TABLE AS removed FOR EACH STATEMENT EXECUTE FUNCTION memory_texts_removed();
CREATE TRIGGER memory_embeddings_texts_truncated AFTER TRUNCATE ON memory_embeddings FOR EACH STATEMENT EXECUTE FUNCTION memory_texts_truncated();

CREATE TABLE memory_lexemes (
  lexeme text NOT NULL,
  documents integer NOT NULL,
  CONSTRAINT memory_lexemes_pkey PRIMARY KEY (lexeme)
);
CREATE INDEX memory_lexemes_trgm_idx ON public.memory_lexemes USING gin (lexeme gin_trgm_ops);

CREATE TABLE memory_text_changes (
  id bigint GENERATED ALWAYS AS IDENTITY NOT NULL,
  search tsvector NOT NULL,
  delta smallint NOT NULL,
  CONSTRAINT memory_text_changes_pkey PRIMARY KEY (id),
  CONSTRAINT memory_text_changes_delta_known CHECK ((delta = ANY (ARRAY['-1'::integer, 1])))
);

CREATE TABLE memory_vectors (
  memory_id bigint NOT NULL,
  model_id integer NOT NULL,
  embedding vector NOT NULL,
  indexed boolean DEFAULT false NOT NULL,
  CONSTRAINT memory_vectors_pkey PRIMARY KEY (memory_id, model_id),
  CONSTRAINT memory_vectors_memory_id_fkey FOREIGN KEY (memory_id) REFERENCES memory_embeddings(id) ON DELETE CASCADE,
  CONSTRAINT memory_vectors_model_id_fkey FOREIGN KEY (model_id) REFERENCES embedding_models(id)
);
CREATE INDEX memory_vectors_unindexed_idx ON ONLY public.memory_vectors USING btree (memory_id) WHERE (NOT indexed);

CREATE TABLE optimization_findings (
  id bigint GENERATED ALWAYS AS IDENTITY NOT NULL,
  kind text NOT NULL,
  fingerprint text NOT NULL,
  severity text NOT NULL,
  summary text NOT NULL,
  evidence jsonb NOT NULL,
  state text DEFAULT 'open'::text NOT NULL,
  seen_count integer DEFAULT 1 NOT NULL,
  first_seen_at timestamp with time zone NOT NULL,
  last_seen_at timestamp with time zone NOT NULL,
  decided_at timestamp with time zone,
  CONSTRAINT optimization_findings_pkey PRIMARY KEY (id),
  CONSTRAINT optimization_findings_decided_has_time CHECK (((state = 'open'::text) = (decided_at IS NULL))),
  CONSTRAINT optimization_findings_kind_known CHECK ((kind = ANY (ARRAY['slow_query'::text, 'failing_category'::text, 'cost_outlier'::text, 'retry_storm'::text, 'loop_stall'::text, 'growth'::text, 'other'::text]))),
  CONSTRAINT optimization_findings_seen_positive CHECK ((seen_count > 0)),
  CONSTRAINT optimization_findings_severity_known CHECK ((severity = ANY (ARRAY['info'::text, 'warning'::text, 'critical'::text]))),
  CONSTRAINT optimization_findings_state_known CHECK ((state = ANY (ARRAY['open'::text, 'accepted'::text, 'dismissed'::text])))
);
CREATE UNIQUE INDEX optimization_findings_open_key ON public.optimization_findings USING btree (fingerprint) WHERE (state = 'open'::text);
CREATE INDEX optimization_findings_state_idx ON public.optimization_findings USING btree (state, last_seen_at);

CREATE TABLE owner_notices (
  id bigint GENERATED ALWAYS AS IDENTITY NOT NULL,
  at timestamp with time zone NOT NULL,
  origin text NOT NULL,
  text text NOT NULL,
  task_id bigint,
  seen_at timestamp with time zone,
  CONSTRAINT owner_notices_pkey PRIMARY KEY (id),
  CONSTRAINT owner_notices_origin_known CHECK ((origin = ANY (ARRAY['task'::text, 'spend'::text, 'agent'::text])))
);
CREATE INDEX owner_notices_unseen_idx ON public.owner_notices USING btree (id) WHERE (seen_at IS NULL);

CREATE TABLE schema_migrations (
  version integer NOT NULL,
  name text NOT NULL,
  checksum text NOT NULL,
  applied_at timestamp with time zone NOT NULL,
  CONSTRAINT schema_migrations_pkey PRIMARY KEY (version)
);

CREATE TABLE self_tasks (
  dedup_key text NOT NULL,
  parent_task_id bigint NOT NULL,
  depth smallint NOT NULL,
  trust text NOT NULL,
  created_at timestamp with time zone NOT NULL,
  CONSTRAINT self_tasks_pkey PRIMARY KEY (dedup_key),
  CONSTRAINT self_tasks_depth_positive CHECK ((depth > 0)),
  CONSTRAINT self_tasks_trust_known CHECK ((trust = ANY (ARRAY['owner'::text, 'local'::text, 'untrusted'::text])))
);
CREATE INDEX self_tasks_created_idx ON public.self_tasks USING btree (created_at);
CREATE INDEX self_tasks_parent_idx ON public.self_tasks USING btree (parent_task_id);

CREATE TABLE task_costs (
  id bigint GENERATED ALWAYS AS IDENTITY NOT NULL,
  at timestamp with time zone NOT NULL,
  task_id bigint NOT NULL,
  category text NOT NULL,
  model text NOT NULL,
  cost_usd numeric(12,6) NOT NULL,
  input_tokens bigint DEFAULT 0 NOT NULL,
  output_tokens bigint DEFAULT 0 NOT NULL,
  cache_read_tokens bigint DEFAULT 0 NOT NULL,
  cache_write_tokens bigint DEFAULT 0 NOT NULL,
  estimated boolean DEFAULT false NOT NULL,
  CONSTRAINT task_costs_pkey PRIMARY KEY (id),
  CONSTRAINT task_costs_not_negative CHECK ((LEAST(cost_usd, (input_tokens)::numeric, (output_tokens)::numeric, (cache_read_tokens)::numeric, (cache_write_tokens)::numeric) >= (0)::numeric))
);
CREATE INDEX task_costs_at_idx ON public.task_costs USING btree (at);
CREATE INDEX task_costs_model_idx ON public.task_costs USING btree (model, at) WHERE (NOT estimated);
CREATE INDEX task_costs_task_idx ON public.task_costs USING btree (task_id);

CREATE TABLE task_transcripts (
  task_id bigint NOT NULL,
  attempt smallint NOT NULL,
  recorded_at timestamp with time zone NOT NULL,
  entries jsonb NOT NULL,
  omitted integer DEFAULT 0 NOT NULL,
  CONSTRAINT task_transcripts_pkey PRIMARY KEY (task_id, attempt),
  CONSTRAINT task_transcripts_entries_are_a_list CHECK ((jsonb_typeof(entries) = 'array'::text)),
  CONSTRAINT task_transcripts_omitted_not_negative CHECK ((omitted >= 0))
);
CREATE INDEX task_transcripts_recorded_idx ON public.task_transcripts USING btree (recorded_at);

CREATE TABLE tasks (
  id bigint GENERATED ALWAYS AS IDENTITY NOT NULL,
  event_id bigint NOT NULL,
  priority smallint NOT NULL,
  source text NOT NULL,
  category text NOT NULL,
  conversation text,
  prompt text NOT NULL,
  reply_to text,
  state text DEFAULT 'queued'::text NOT NULL,
  outcome text,
  reason text,
  reply text,
  progress text,
  attempts smallint DEFAULT 0 NOT NULL,
  run_after timestamp with time zone NOT NULL,
  worker uuid,
  lease_until timestamp with time zone,
  process jsonb,
  agent jsonb,
  session_id uuid,
  memories jsonb DEFAULT '[]'::jsonb NOT NULL,
  cost_usd numeric(12,6) DEFAULT 0 NOT NULL,
  usage jsonb,
  queued_at timestamp with time zone NOT NULL,
  started_at timestamp with time zone,
  finished_at timestamp with time zone,
  steered_into bigint,
  fork_of text,
  remembered_at timestamp with time zone,
  CONSTRAINT tasks_pkey PRIMARY KEY (id),
  CONSTRAINT tasks_event_id_key UNIQUE (event_id),
  CONSTRAINT tasks_ended_has_outcome CHECK (((state = ANY (ARRAY['queued'::text, 'running'::text])) = (finished_at IS NULL))),
  CONSTRAINT tasks_priority_known CHECK (((priority >= 0) AND (priority <= 5))),
  CONSTRAINT tasks_running_has_worker CHECK (((state <> 'running'::text) OR ((worker IS NOT NULL) AND (lease_until IS NOT NULL)))),
  CONSTRAINT tasks_state_known CHECK ((state = ANY (ARRAY['queued'::text, 'running'::text, 'done'::text, 'failed'::text, 'cancelled'::text, 'dead'::text])))
);
CREATE INDEX tasks_conversation_idx ON public.tasks USING btree (conversation, id) WHERE (conversation IS NOT NULL);
CREATE INDEX tasks_finished_idx ON public.tasks USING btree (finished_at) WHERE (finished_at IS NOT NULL);
CREATE UNIQUE INDEX tasks_one_running_a_conversation ON public.tasks USING btree (conversation) WHERE (state = 'running'::text);
CREATE INDEX tasks_queued_idx ON public.tasks USING btree (priority, id) WHERE (state = 'queued'::text);
CREATE INDEX tasks_running_idx ON public.tasks USING btree (worker) WHERE (state = 'running'::text);
CREATE INDEX tasks_steered_into_idx ON public.tasks USING btree (steered_into) WHERE (steered_into IS NOT NULL);
CREATE INDEX tasks_text_idx ON public.tasks USING gin (to_tsvector('english'::regconfig, (("left"(prompt, 50000) || ' '::text) || "left"(COALESCE(reply, ''::text), 50000)))) WHERE (state = 'done'::text);
CREATE INDEX tasks_unremembered_idx ON public.tasks USING btree (id) WHERE ((finished_at IS NOT NULL) AND ((remembered_at IS NULL) OR (remembered_at < finished_at)));
CREATE TRIGGER graph_task_ended AFTER UPDATE OF finished_at ON tasks FOR EACH ROW WHEN (((new.finished_at IS NOT NULL) AND (old.finished_at IS DISTINCT FROM new.finished_at))) EXECUTE FUNCTION graph_note_row('task');
CREATE TRIGGER graph_task_gone AFTER DELETE ON tasks REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION graph_note_gone('task');

CREATE TABLE wishlist (
  id bigint GENERATED ALWAYS AS IDENTITY NOT NULL,
  title text NOT NULL,
  description text NOT NULL,
  fingerprint text NOT NULL,
  origin text NOT NULL,
  finding_id bigint,
  task_id bigint,
  state text DEFAULT 'proposed'::text NOT NULL,
  reason text,
  patch text,
  summary text,
  base_commit text,
  test_report text,
  draft_attempts smallint DEFAULT 0 NOT NULL,
  created_at timestamp with time zone NOT NULL,
  decided_at timestamp with time zone,
  drafted_at timestamp with time zone,
  applied_at timestamp with time zone,
  CONSTRAINT wishlist_pkey PRIMARY KEY (id),
  CONSTRAINT wishlist_finding_id_fkey FOREIGN KEY (finding_id) REFERENCES optimization_findings(id) ON DELETE SET NULL,
  CONSTRAINT wishlist_applied_has_time CHECK (((state = 'applied'::text) = (applied_at IS NOT NULL))),
  CONSTRAINT wishlist_attempts_not_negative CHECK ((draft_attempts >= 0)),
  CONSTRAINT wishlist_draft_is_whole CHECK (((state <> ALL (ARRAY['drafted'::text, 'applied'::text])) OR (num_nulls(patch, summary, base_commit, drafted_at) = 0))),
  CONSTRAINT wishlist_origin_known CHECK ((origin = ANY (ARRAY['retrospective'::text, 'agent'::text, 'finding'::text, 'owner'::text]))),
  CONSTRAINT wishlist_proposed_is_undecided CHECK (((state = 'proposed'::text) = (decided_at IS NULL))),
  CONSTRAINT wishlist_state_known CHECK ((state = ANY (ARRAY['proposed'::text, 'approved'::text, 'rejected'::text, 'drafting'::text, 'drafted'::text, 'failed'::text, 'applied'::text])))
);
CREATE INDEX wishlist_finding_idx ON public.wishlist USING btree (finding_id) WHERE (finding_id IS NOT NULL);
CREATE UNIQUE INDEX wishlist_open_key ON public.wishlist USING btree (fingerprint) WHERE (state <> ALL (ARRAY['rejected'::text, 'applied'::text]));
CREATE INDEX wishlist_state_idx ON public.wishlist USING btree (state, created_at);
