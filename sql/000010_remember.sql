-- Remembering: documents that are being cut, models that are not used any more, tasks of which a memory is still to be made.

-- How many memories it was cut into; null until all of them are there.
ALTER TABLE memory_documents ADD COLUMN chunks integer,
  ADD CONSTRAINT memory_documents_chunks_positive CHECK (chunks > 0);

-- When it last made vectors; null is when it came. Those of a model that has long not been used are dropped.
ALTER TABLE embedding_models ADD COLUMN last_used_at timestamptz;

-- The end of the attempt of which a memory was made, or none for good reason. A task that is tried again ends again.
ALTER TABLE tasks ADD COLUMN remembered_at timestamptz;
CREATE INDEX tasks_unremembered_idx ON tasks (id)
  WHERE finished_at IS NOT NULL AND (remembered_at IS NULL OR remembered_at < finished_at);

-- The owner's words are prepared before anybody else's.
DROP INDEX memory_embeddings_unprepared_idx;
CREATE INDEX memory_embeddings_unprepared_idx ON memory_embeddings ((trust <> 'owner'), id) WHERE NOT prepared;
