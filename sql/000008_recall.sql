-- Finding memories again: codes and dates as words, what BM25 has to know of the words, and which vectors are indexed.

-- What full text takes apart or keeps too literally, as words of their own: codes without their punctuation and leading
-- zeros (ERR-4711 → err4711, web-01 → web1), the numbers in them (4711), and days (1 December, Dec 1st, 2026-12-01 → day12-01).
CREATE FUNCTION memory_codes(given text) RETURNS text[] LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN (
  WITH lowered AS (SELECT lower(left(given, 20000)) AS text),
  codes AS (
    SELECT regexp_replace(regexp_replace(match[1], '[^a-z0-9]', '', 'g'), '([a-z])0+([0-9])', '\1\2', 'g') AS code
    FROM lowered, regexp_matches(text, '([a-z0-9]+(?:[-_./:#][a-z0-9]+)+|[a-z]+[0-9][a-z0-9]*|[0-9]+[a-z][a-z0-9]*)', 'g') AS match
    UNION ALL
    SELECT match[1] FROM lowered, regexp_matches(text, '[a-z][-_./:#]?0*([1-9][0-9]+)', 'g') AS match
    UNION ALL
    SELECT 'day' || lpad(((position(coalesce(match[2], match[3]) IN 'janfebmaraprmayjunjulaugsepoctnovdec') + 2) / 3)::text, 2, '0')
           || '-' || lpad(coalesce(match[1], match[4]), 2, '0')
    FROM lowered, regexp_matches(
      text,
      '(?:\m([0-9]{1,2})(?:st|nd|rd|th)?(?: of)? (jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\M'
        || '|\m(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]* ([0-9]{1,2})(?:st|nd|rd|th)?\M)', 'g') AS match
    UNION ALL
    SELECT 'day' || match[1] || '-' || match[2]
    FROM lowered, regexp_matches(text, '\m[0-9]{4}-([0-9]{2})-([0-9]{2})\M', 'g') AS match
  )
  SELECT coalesce(array_agg(DISTINCT code), '{}') FROM codes WHERE length(code) BETWEEN 2 AND 64 AND code ~ '[0-9]'
);

-- The words of a memory or a question. Both sides go through here, so they meet.
CREATE FUNCTION memory_terms(given text) RETURNS tsvector LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN to_tsvector('english', left(given, 100000)) || array_to_tsvector(memory_codes(given));

-- The day something was remembered, in UTC, as the same word that a question with a date has.
CREATE FUNCTION memory_day(at timestamptz) RETURNS tsvector LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN array_to_tsvector(ARRAY[
  'day' || lpad(extract(month FROM at AT TIME ZONE 'UTC')::text, 2, '0')
    || '-' || lpad(extract(day FROM at AT TIME ZONE 'UTC')::text, 2, '0')
]);

ALTER TABLE memory_embeddings DROP COLUMN search;
ALTER TABLE memory_embeddings ADD COLUMN search tsvector NOT NULL
  GENERATED ALWAYS AS (memory_terms(coalesce(title || E'\n', '') || content) || memory_day(created_at)) STORED;
-- Entries that are not merged into the index yet are read one by one by every search: few of them.
CREATE INDEX memory_embeddings_search_idx ON memory_embeddings USING gin (search) WITH (gin_pending_list_limit = 256);

-- In how many memories a word occurs. A word that is not here is rare, or too new to be counted.
CREATE TABLE memory_lexemes (
  lexeme text CONSTRAINT memory_lexemes_pkey PRIMARY KEY,
  documents integer NOT NULL
) WITH (fillfactor = 70);
CREATE INDEX memory_lexemes_trgm_idx ON memory_lexemes USING gin (lexeme gin_trgm_ops);

-- How many memories are counted, and how many different words they have in all.
CREATE TABLE memory_corpus (
  one boolean CONSTRAINT memory_corpus_pkey PRIMARY KEY DEFAULT true,
  documents bigint NOT NULL,
  lexemes bigint NOT NULL,
  CONSTRAINT memory_corpus_one_row CHECK (one)
);
INSERT INTO memory_corpus (documents, lexemes) VALUES (0, 0);

-- What came and went since the last count. Counting at once would make every writer wait for every other one at the rows
-- of the common words; a chore does it in batches, and a search does not mind counts that are seconds old.
CREATE TABLE memory_text_changes (
  id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT memory_text_changes_pkey PRIMARY KEY,
  search tsvector NOT NULL,
  delta smallint NOT NULL,
  CONSTRAINT memory_text_changes_delta_known CHECK (delta IN (-1, 1))
);
INSERT INTO memory_text_changes (search, delta) SELECT search, 1 FROM memory_embeddings;

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
CREATE FUNCTION memory_text_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO memory_text_changes (search, delta) VALUES (OLD.search, -1), (NEW.search, 1);
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
CREATE TRIGGER memory_embeddings_texts_added AFTER INSERT ON memory_embeddings
  REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION memory_texts_added();
CREATE TRIGGER memory_embeddings_texts_removed AFTER DELETE ON memory_embeddings
  REFERENCING OLD TABLE AS removed FOR EACH STATEMENT EXECUTE FUNCTION memory_texts_removed();
CREATE TRIGGER memory_embeddings_text_changed AFTER UPDATE ON memory_embeddings
  FOR EACH ROW WHEN (OLD.search IS DISTINCT FROM NEW.search) EXECUTE FUNCTION memory_text_changed();
CREATE TRIGGER memory_embeddings_texts_truncated AFTER TRUNCATE ON memory_embeddings
  FOR EACH STATEMENT EXECUTE FUNCTION memory_texts_truncated();

-- Whether a vector is in its partition's HNSW index, which is partial: made while no row is in it, which takes no time, and
-- filled in small batches by setting this (src/lib/recall/vector-index.ts). Rows that are not in it are scanned exactly, so
-- a search misses nothing meanwhile and writers never wait for the index.
ALTER TABLE memory_vectors ADD COLUMN indexed boolean NOT NULL DEFAULT false;
CREATE INDEX memory_vectors_unindexed_idx ON memory_vectors (memory_id) WHERE NOT indexed;
