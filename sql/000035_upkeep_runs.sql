-- Backups and drills that ran by the clock, so that it is known when it was last proven that the home can be restored.
CREATE TABLE upkeep_runs (
  id bigint GENERATED ALWAYS AS IDENTITY,
  kind text NOT NULL,
  at timestamptz NOT NULL,
  ended_at timestamptz NOT NULL,
  state text NOT NULL,
  archive text,
  reason text,
  CONSTRAINT upkeep_runs_pkey PRIMARY KEY (id),
  CONSTRAINT upkeep_runs_kind_known CHECK (kind IN ('create', 'drill')),
  CONSTRAINT upkeep_runs_state_known CHECK (state IN ('done', 'failed')),
  CONSTRAINT upkeep_runs_failed_has_reason CHECK ((state = 'failed') = (reason IS NOT NULL))
);
CREATE INDEX upkeep_runs_kind_idx ON upkeep_runs (kind, at);
