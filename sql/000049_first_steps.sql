-- That the owner does not want to see the first steps any more; at most one row.
CREATE TABLE first_steps (
  dismissed boolean NOT NULL DEFAULT true,
  dismissed_at timestamptz NOT NULL,
  CONSTRAINT first_steps_pkey PRIMARY KEY (dismissed),
  CONSTRAINT first_steps_single CHECK (dismissed)
);
