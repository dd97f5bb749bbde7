-- What was imported as memories, so that the same text is taken once and an import can be taken back.
CREATE TABLE imports (
  id bigint GENERATED ALWAYS AS IDENTITY,
  at timestamptz NOT NULL,
  kind text NOT NULL,
  origin text NOT NULL,
  undone_at timestamptz,
  CONSTRAINT imports_pkey PRIMARY KEY (id),
  CONSTRAINT imports_kind_known CHECK (kind IN ('chatgpt', 'claude', 'markdown')),
  CONSTRAINT imports_origin_short CHECK (length(origin) <= 4096)
);

CREATE TABLE import_items (
  hash text NOT NULL,
  import_id bigint NOT NULL,
  CONSTRAINT import_items_pkey PRIMARY KEY (hash),
  CONSTRAINT import_items_import_id_fkey FOREIGN KEY (import_id) REFERENCES imports (id) ON DELETE CASCADE,
  CONSTRAINT import_items_hash_is_sha256 CHECK (hash ~ '^[0-9a-f]{64}$')
);
CREATE INDEX import_items_import_idx ON import_items (import_id);
