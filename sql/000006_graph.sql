-- The knowledge graph's ground: which names stand for which entity, and where each name was read. What `entities` and
-- `entity_relations` count and show is drawn from these rows, so that merging and splitting only move names about.

ALTER TABLE entities
  DROP CONSTRAINT entities_kind_known,
  DROP CONSTRAINT entities_mentions_positive,
  -- Made or renamed by the owner: its name and kind stay, and it needs no mention to live.
  ADD COLUMN taught boolean NOT NULL DEFAULT false,
  ADD CONSTRAINT entities_kind_known CHECK (kind IN ('person', 'organisation', 'place', 'host', 'service', 'repository',
    'url', 'email', 'ip', 'version', 'other')),
  ADD CONSTRAINT entities_mentions_not_negative CHECK (mentions >= 0);
CREATE INDEX entities_mentions_idx ON entities (mentions DESC, id);

ALTER TABLE entity_relations ADD COLUMN weight real NOT NULL DEFAULT 0;
CREATE INDEX entity_relations_weight_idx ON entity_relations (weight DESC, id);

-- One spelling: `key` is what texts are compared by. Without an entity it is one that the owner wants ignored.
CREATE TABLE entity_names (
  id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT entity_names_pkey PRIMARY KEY,
  entity_id bigint CONSTRAINT entity_names_entity_id_fkey REFERENCES entities (id) ON DELETE CASCADE,
  kind text NOT NULL,
  key text NOT NULL,
  name text NOT NULL,
  taught boolean NOT NULL DEFAULT false,
  CONSTRAINT entity_names_kind_key_key UNIQUE (kind, key)
);
CREATE INDEX entity_names_key_idx ON entity_names (key);
CREATE INDEX entity_names_key_trgm_idx ON entity_names USING gin (key gin_trgm_ops);
CREATE INDEX entity_names_entity_idx ON entity_names (entity_id);

-- Where a name was read: at most one row a memory or task, which is gone when that is. `event_id` tells that a memory and
-- a task come from the same message, which then counts once.
CREATE TABLE entity_mentions (
  name_id bigint NOT NULL CONSTRAINT entity_mentions_name_id_fkey REFERENCES entity_names (id) ON DELETE CASCADE,
  origin text NOT NULL,
  origin_id bigint NOT NULL,
  event_id bigint,
  trust text NOT NULL,
  snippet text NOT NULL,
  at timestamptz NOT NULL,
  CONSTRAINT entity_mentions_pkey PRIMARY KEY (name_id, origin, origin_id),
  CONSTRAINT entity_mentions_origin_known CHECK (origin IN ('memory', 'task')),
  CONSTRAINT entity_mentions_trust_known CHECK (trust IN ('owner', 'local', 'untrusted')),
  CONSTRAINT entity_mentions_snippet_bounded CHECK (length(snippet) <= 200)
);
CREATE INDEX entity_mentions_origin_idx ON entity_mentions (origin, origin_id);
CREATE INDEX entity_mentions_latest_idx ON entity_mentions (name_id, at DESC);

-- The same of two names that a sentence joins.
CREATE TABLE entity_links (
  subject_id bigint NOT NULL CONSTRAINT entity_links_subject_id_fkey REFERENCES entity_names (id) ON DELETE CASCADE,
  predicate text NOT NULL,
  object_id bigint NOT NULL CONSTRAINT entity_links_object_id_fkey REFERENCES entity_names (id) ON DELETE CASCADE,
  origin text NOT NULL,
  origin_id bigint NOT NULL,
  event_id bigint,
  trust text NOT NULL,
  snippet text NOT NULL,
  at timestamptz NOT NULL,
  CONSTRAINT entity_links_pkey PRIMARY KEY (subject_id, predicate, object_id, origin, origin_id),
  CONSTRAINT entity_links_not_to_itself CHECK (subject_id <> object_id),
  CONSTRAINT entity_links_origin_known CHECK (origin IN ('memory', 'task')),
  CONSTRAINT entity_links_trust_known CHECK (trust IN ('owner', 'local', 'untrusted')),
  CONSTRAINT entity_links_snippet_bounded CHECK (length(snippet) <= 200)
);
CREATE INDEX entity_links_object_idx ON entity_links (object_id);
CREATE INDEX entity_links_origin_idx ON entity_links (origin, origin_id);

-- What is still to be read, or read again since it changed or went. Written in the transaction of the change itself, by
-- triggers, so that no writer can forget it and no crash loses it. `turn` grows with each change.
CREATE TABLE graph_pending (
  origin text NOT NULL,
  origin_id bigint NOT NULL,
  turn integer NOT NULL DEFAULT 1,
  attempts smallint NOT NULL DEFAULT 0,
  position bigint GENERATED ALWAYS AS IDENTITY,
  CONSTRAINT graph_pending_pkey PRIMARY KEY (origin, origin_id)
);
CREATE INDEX graph_pending_position_idx ON graph_pending (position);

CREATE FUNCTION graph_note_row() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO graph_pending (origin, origin_id) VALUES (TG_ARGV[0], NEW.id)
  ON CONFLICT ON CONSTRAINT graph_pending_pkey DO UPDATE SET turn = graph_pending.turn + 1, attempts = 0;
  RETURN NULL;
END $$;

CREATE FUNCTION graph_note_gone() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO graph_pending (origin, origin_id) SELECT TG_ARGV[0], id FROM gone
  ON CONFLICT ON CONSTRAINT graph_pending_pkey DO UPDATE SET turn = graph_pending.turn + 1, attempts = 0;
  RETURN NULL;
END $$;

-- A memory is read once it is prepared: before, it may hold secrets.
CREATE TRIGGER graph_memory_added AFTER INSERT ON memory_embeddings FOR EACH ROW WHEN (NEW.prepared)
  EXECUTE FUNCTION graph_note_row('memory');
CREATE TRIGGER graph_memory_changed AFTER UPDATE OF content, trust, prepared ON memory_embeddings FOR EACH ROW
  WHEN (NEW.prepared AND (OLD.content, OLD.trust, OLD.prepared) IS DISTINCT FROM (NEW.content, NEW.trust, NEW.prepared))
  EXECUTE FUNCTION graph_note_row('memory');
CREATE TRIGGER graph_memory_gone AFTER DELETE ON memory_embeddings REFERENCING OLD TABLE AS gone
  FOR EACH STATEMENT EXECUTE FUNCTION graph_note_gone('memory');
CREATE TRIGGER graph_task_ended AFTER UPDATE OF finished_at ON tasks FOR EACH ROW
  WHEN (NEW.finished_at IS NOT NULL AND OLD.finished_at IS DISTINCT FROM NEW.finished_at)
  EXECUTE FUNCTION graph_note_row('task');
CREATE TRIGGER graph_task_gone AFTER DELETE ON tasks REFERENCING OLD TABLE AS gone
  FOR EACH STATEMENT EXECUTE FUNCTION graph_note_gone('task');

INSERT INTO graph_pending (origin, origin_id)
SELECT 'memory', id FROM memory_embeddings WHERE prepared UNION ALL SELECT 'task', id FROM tasks WHERE finished_at IS NOT NULL;
