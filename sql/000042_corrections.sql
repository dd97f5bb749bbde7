-- Which memories say the same, and which say different values of the same thing (src/memory/keep/keys.ts). The keeper gives
-- keys to what was prepared before.
ALTER TABLE memory_embeddings
  -- A hash of the words without their endings: what says the same has the same. Null: not looked at yet.
  ADD COLUMN merge_key text,
  -- The things of which it says a value, such as `where:key spare`.
  ADD COLUMN things text[] NOT NULL DEFAULT '{}',
  -- The newer memory that says another value of the same thing. Where that one is forgotten, this one holds again.
  ADD COLUMN replaced_by bigint CONSTRAINT memory_embeddings_replaced_by_fkey
    REFERENCES memory_embeddings (id) ON DELETE SET NULL,
  ADD CONSTRAINT memory_embeddings_replaced_by_another CHECK (replaced_by <> id);
CREATE INDEX memory_embeddings_merge_idx ON memory_embeddings (merge_key) WHERE merge_key IS NOT NULL;
CREATE INDEX memory_embeddings_things_idx ON memory_embeddings USING gin (things) WHERE things <> '{}';
CREATE INDEX memory_embeddings_replaced_idx ON memory_embeddings (replaced_by) WHERE replaced_by IS NOT NULL;
CREATE INDEX memory_embeddings_unkeyed_idx ON memory_embeddings (id) WHERE prepared AND merge_key IS NULL AND document_id IS NULL;

-- The owner's words are prepared before anybody else's and imports last; of each the newest first, since they are asked for.
DROP INDEX memory_embeddings_unprepared_idx;
CREATE INDEX memory_embeddings_unprepared_idx
  ON memory_embeddings ((CASE WHEN origin = 'import' THEN 2 WHEN trust = 'owner' THEN 0 ELSE 1 END), id DESC) WHERE NOT prepared;
