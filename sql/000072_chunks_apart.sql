-- Most memories are no chunk of a document. The index had an entry for each of them, and whatever asked for memories without a document
-- was planned as if there were few: looking up the batch of a few dozen keys read the index of all memories each time.
ALTER TABLE memory_embeddings DROP CONSTRAINT memory_embeddings_document_chunk_key;
CREATE UNIQUE INDEX memory_embeddings_document_chunk_key ON memory_embeddings (document_id, chunk) WHERE document_id IS NOT NULL;

-- New words wait in a list that each search for words alike reads from end to end. By default it may grow to 4 MB, and the embedded
-- database, which has no autovacuum, empties it no sooner.
ALTER INDEX memory_lexemes_trgm_idx SET (gin_pending_list_limit = 64);
