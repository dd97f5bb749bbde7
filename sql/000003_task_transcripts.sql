-- What each attempt of a task did, clipped and bounded; it may go before its task does.
CREATE TABLE task_transcripts (
  task_id bigint NOT NULL,
  attempt smallint NOT NULL,
  recorded_at timestamptz NOT NULL,
  entries jsonb NOT NULL,
  omitted integer NOT NULL DEFAULT 0,
  CONSTRAINT task_transcripts_pkey PRIMARY KEY (task_id, attempt),
  CONSTRAINT task_transcripts_entries_are_a_list CHECK (jsonb_typeof(entries) = 'array'),
  CONSTRAINT task_transcripts_omitted_not_negative CHECK (omitted >= 0)
);
CREATE INDEX task_transcripts_recorded_idx ON task_transcripts (recorded_at);
