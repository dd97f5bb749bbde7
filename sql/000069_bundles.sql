-- Different notes that a flood brings wait in bundles, dozens of them in a row: a row for each cost the embedded database twice
-- what its event did. What is said again and again waits in memory_inbox, where it is counted.
CREATE TABLE memory_bundles (
  id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT memory_bundles_pkey PRIMARY KEY,
  -- JSON, see src/memory/rows/bundles.ts.
  notes text NOT NULL,
  count integer NOT NULL,
  chars integer NOT NULL,
  CONSTRAINT memory_bundles_count_positive CHECK (count > 0)
);
-- They are read once and soon.
ALTER TABLE memory_bundles ALTER COLUMN notes SET STORAGE EXTERNAL;
