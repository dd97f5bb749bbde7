-- Remembering: where a memory stands in a longer text, who had it kept, whether it is through the pipeline, and its vectors.

-- A text that was too long for one memory. Its chunks are rows of memory_embeddings and go with it.
CREATE TABLE memory_documents (
  id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT memory_documents_pkey PRIMARY KEY,
  title text,
  content_hash text NOT NULL,
  trust text NOT NULL,
  chars integer NOT NULL,
  created_at timestamptz NOT NULL,
  CONSTRAINT memory_documents_trust_known CHECK (trust IN ('owner', 'local', 'untrusted')),
  CONSTRAINT memory_documents_chars_positive CHECK (chars > 0)
);
CREATE INDEX memory_documents_hash_idx ON memory_documents (content_hash);

-- Nothing was ever embedded into the row itself: vectors of several models live beside it, in memory_vectors.
ALTER TABLE memory_embeddings
  DROP CONSTRAINT memory_embeddings_embedding_has_model,
  DROP COLUMN embedding,
  DROP COLUMN model,
  -- An event's text may be cut into several memories.
  DROP CONSTRAINT memory_embeddings_event_id_key,
  ADD COLUMN origin text NOT NULL DEFAULT 'event',
  ADD COLUMN title text,
  ADD COLUMN tags text[] NOT NULL DEFAULT '{}',
  ADD COLUMN conversation text,
  ADD COLUMN document_id bigint CONSTRAINT memory_embeddings_document_id_fkey
    REFERENCES memory_documents (id) ON DELETE CASCADE,
  -- Counts from 0.
  ADD COLUMN chunk integer,
  ADD COLUMN pinned boolean NOT NULL DEFAULT false,
  -- How many secrets were taken out of the text.
  ADD COLUMN redacted integer NOT NULL DEFAULT 0,
  -- False until the text was redacted, cut, embedded for the first time and compared with its likes.
  -- A row is found by full text all the while.
  ADD COLUMN prepared boolean NOT NULL DEFAULT false,
  ADD COLUMN recall_count integer NOT NULL DEFAULT 0,
  ADD COLUMN last_recalled_at timestamptz,
  ADD COLUMN edited_at timestamptz,
  ADD CONSTRAINT memory_embeddings_origin_known
    CHECK (origin IN ('event', 'owner', 'agent', 'extraction', 'task', 'compaction', 'import')),
  ADD CONSTRAINT memory_embeddings_chunk_has_document CHECK ((document_id IS NULL) = (chunk IS NULL)),
  ADD CONSTRAINT memory_embeddings_chunk_not_negative CHECK (chunk >= 0),
  ADD CONSTRAINT memory_embeddings_seen_positive CHECK (seen_count > 0),
  ADD CONSTRAINT memory_embeddings_recalled_has_time CHECK ((recall_count = 0) = (last_recalled_at IS NULL)),
  ADD CONSTRAINT memory_embeddings_counts_not_negative CHECK (least(redacted, recall_count) >= 0),
  ADD CONSTRAINT memory_embeddings_document_chunk_key UNIQUE (document_id, chunk);
CREATE INDEX memory_embeddings_event_idx ON memory_embeddings (event_id) WHERE event_id IS NOT NULL;
CREATE INDEX memory_embeddings_unprepared_idx ON memory_embeddings (id) WHERE NOT prepared;

-- What agents had remembered is counted before they may have more: rows that the daemon keeps of tasks do not count.
DROP INDEX memory_embeddings_task_idx;
UPDATE memory_embeddings SET origin = 'agent' WHERE task_id IS NOT NULL;
CREATE INDEX memory_embeddings_task_idx ON memory_embeddings (task_id) WHERE task_id IS NOT NULL;
CREATE INDEX memory_embeddings_agent_idx ON memory_embeddings (created_at) WHERE origin = 'agent';

-- `name` tells apart everything that makes vectors incomparable, such as the version of an algorithm.
CREATE TABLE embedding_models (
  id integer GENERATED ALWAYS AS IDENTITY CONSTRAINT embedding_models_pkey PRIMARY KEY,
  name text NOT NULL,
  dimensions integer NOT NULL,
  -- Whether its partition has an HNSW index.
  indexed boolean NOT NULL DEFAULT false,
  created_at timestamptz NOT NULL,
  CONSTRAINT embedding_models_name_dimensions_key UNIQUE (name, dimensions),
  -- More than this pgvector's HNSW cannot index.
  CONSTRAINT embedding_models_dimensions_indexable CHECK (dimensions BETWEEN 1 AND 2000)
);

-- One partition a model, `memory_vectors_<model id>`, made when the model first serves (src/lib/memory/vector-table.ts):
-- vectors of different models never meet, and those of a model that is no longer used go with one DROP TABLE.
-- The search is always `FROM memory_vectors_<id> ORDER BY (embedding::vector(<dimensions>)) <=> $1 LIMIT n`: an exact scan
-- while the partition is small. Past some thousand rows a successor with an HNSW index on
-- ((embedding::vector(<dimensions>)) vector_cosine_ops) is filled in small background batches, and takes its place when it
-- is whole: to build the index at once over 10,000 rows would keep the embedded database's only session busy for 25 s,
-- and to VACUUM one with 1,000 dead rows of 3,000 for 10 s, so that too is done by a successor. Set hnsw.ef_search to at
-- least n, and hnsw.iterative_scan where rows are filtered: dead ones are filtered too.
CREATE TABLE memory_vectors (
  memory_id bigint NOT NULL CONSTRAINT memory_vectors_memory_id_fkey REFERENCES memory_embeddings (id) ON DELETE CASCADE,
  model_id integer NOT NULL CONSTRAINT memory_vectors_model_id_fkey REFERENCES embedding_models (id),
  embedding vector NOT NULL,
  CONSTRAINT memory_vectors_pkey PRIMARY KEY (memory_id, model_id)
) PARTITION BY LIST (model_id);
