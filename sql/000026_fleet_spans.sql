-- Reports gathered over an hour or a day. A figure is [mean, least, greatest, number of reports].
CREATE TABLE fleet_spans (
  machine_id bigint NOT NULL CONSTRAINT fleet_spans_machine_id_fkey REFERENCES machines (id) ON DELETE CASCADE,
  step_s integer NOT NULL,
  at timestamptz NOT NULL,
  polls integer NOT NULL,
  failed integer NOT NULL,
  figures jsonb NOT NULL,
  CONSTRAINT fleet_spans_pkey PRIMARY KEY (machine_id, step_s, at),
  CONSTRAINT fleet_spans_step_known CHECK (step_s IN (3600, 86400)),
  CONSTRAINT fleet_spans_failed_sane CHECK (failed BETWEEN 0 AND polls)
);
CREATE INDEX fleet_spans_at_idx ON fleet_spans (step_s, at);
