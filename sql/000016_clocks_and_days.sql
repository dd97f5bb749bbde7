-- Clocks that jump, and days as people mean them.

-- When the wait for run_after began. A reading before it shows that the clock went back: such a wait is over, or it would
-- last as long as the jump. Null where the wait began when the row was queued.
ALTER TABLE tasks ADD COLUMN waits_from timestamptz;

-- The clock by which rows are deleted for their age (src/lib/store/pruning-clock.ts). No row: it was never looked at.
CREATE TABLE pruning_clock (
  one boolean CONSTRAINT pruning_clock_pkey PRIMARY KEY DEFAULT true,
  -- The last reading that was believed.
  believed_at timestamptz NOT NULL,
  -- The last reading of a clock that is far from there, and for how long it has gone on so; null while it is believed.
  doubted_at timestamptz,
  stood_ms bigint NOT NULL DEFAULT 0,
  CONSTRAINT pruning_clock_one_row CHECK (one),
  CONSTRAINT pruning_clock_stood_not_negative CHECK (stood_ms >= 0)
);
INSERT INTO pruning_clock (believed_at) SELECT max(received_at) FROM events HAVING max(received_at) IS NOT NULL;

-- The hash of the words from which secrets were taken: while they are the same, full text may find a memory that is not
-- prepared yet. An edit changes the words and so hides it by itself.
ALTER TABLE memory_embeddings ADD COLUMN redacted_hash text;

-- The day of a memory, in the zone of the daemon that kept it: what its owner calls that day, wherever they are later. This
-- migration runs in the daemon's zone, so that days of before are theirs too. Null: the day in UTC.
ALTER TABLE memory_embeddings ADD COLUMN day date;
-- What an event says happened when the event says.
UPDATE memory_embeddings SET created_at = occurred_at
  FROM events WHERE events.id = event_id AND origin = 'event' AND occurred_at < memory_embeddings.created_at;
UPDATE memory_embeddings SET day = created_at::date;

CREATE FUNCTION memory_day_word(day date) RETURNS tsvector LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN array_to_tsvector(ARRAY[
  'day' || lpad(extract(month FROM day)::text, 2, '0') || '-' || lpad(extract(day FROM day)::text, 2, '0')
]);

-- The counts of words follow the days that change.
INSERT INTO memory_text_changes (search, delta)
  SELECT memory_day(created_at), -1 FROM memory_embeddings WHERE memory_day(created_at) <> memory_day_word(day)
  UNION ALL
  SELECT memory_day_word(day), 1 FROM memory_embeddings WHERE memory_day(created_at) <> memory_day_word(day);

DROP TRIGGER memory_embeddings_text_changed ON memory_embeddings;
ALTER TABLE memory_embeddings DROP COLUMN search;
ALTER TABLE memory_embeddings ADD COLUMN search tsvector NOT NULL GENERATED ALWAYS AS (
  memory_terms(coalesce(title || E'\n', '') || content)
    || memory_day_word(coalesce(day, (created_at AT TIME ZONE 'UTC')::date))
) STORED;
CREATE INDEX memory_embeddings_search_idx ON memory_embeddings USING gin (search) WITH (gin_pending_list_limit = 256);
CREATE TRIGGER memory_embeddings_text_changed AFTER UPDATE ON memory_embeddings
  FOR EACH ROW WHEN (OLD.search IS DISTINCT FROM NEW.search) EXECUTE FUNCTION memory_text_changed();
DROP FUNCTION memory_day(timestamptz);
