-- Sensors that the owner has switched on or off, each home for itself: `worker` is the UUID of its journal. Fields are as they
-- were given, a schedule and settings (src/sensors/declaration.ts).
CREATE TABLE sensors (
  worker uuid NOT NULL,
  name text NOT NULL,
  enabled boolean NOT NULL,
  fields jsonb NOT NULL DEFAULT '{}',
  created_at timestamptz NOT NULL,
  changed_at timestamptz NOT NULL,
  CONSTRAINT sensors_pkey PRIMARY KEY (worker, name),
  CONSTRAINT sensors_name_known CHECK (name ~ '^[A-Za-z0-9][A-Za-z0-9._:-]{0,56}$'),
  CONSTRAINT sensors_fields_object CHECK (jsonb_typeof(fields) = 'object' AND length(fields::text) <= 20000)
);

-- What the daemon measures of itself. `step_s` is the span that a sample stands for, in seconds: as it was measured, a minute,
-- an hour. Figures are by name: a number where it was measured, else [mean, least, greatest, number of samples].
CREATE TABLE self_samples (
  worker uuid NOT NULL,
  step_s int NOT NULL,
  at timestamptz NOT NULL,
  figures jsonb NOT NULL,
  CONSTRAINT self_samples_pkey PRIMARY KEY (worker, step_s, at),
  CONSTRAINT self_samples_step_known CHECK (step_s IN (10, 60, 3600)),
  CONSTRAINT self_samples_figures_object CHECK (jsonb_typeof(figures) = 'object')
);

-- Slow statements of a day by their text, which holds no values: those go as parameters.
CREATE TABLE slow_statements (
  worker uuid NOT NULL,
  day date NOT NULL,
  hash text NOT NULL,
  text text NOT NULL,
  calls int NOT NULL,
  total_ms double precision NOT NULL,
  max_ms double precision NOT NULL,
  last_at timestamptz NOT NULL,
  CONSTRAINT slow_statements_pkey PRIMARY KEY (worker, day, hash),
  CONSTRAINT slow_statements_text_short CHECK (length(text) <= 4000),
  CONSTRAINT slow_statements_calls_positive CHECK (calls > 0)
);
