-- A detector is added without a migration: the shape of its name is what the table knows.
ALTER TABLE optimization_findings DROP CONSTRAINT optimization_findings_kind_known;
ALTER TABLE optimization_findings ADD CONSTRAINT optimization_findings_kind_shaped CHECK (kind ~ '^[a-z]+(_[a-z]+){0,5}$');

-- `gone`: it is not measured any more. A finding that is snoozed is open again from then on, which readers say.
ALTER TABLE optimization_findings DROP CONSTRAINT optimization_findings_state_known;
ALTER TABLE optimization_findings ADD CONSTRAINT optimization_findings_state_known
  CHECK (state IN ('open', 'snoozed', 'gone', 'accepted', 'dismissed'));
ALTER TABLE optimization_findings DROP CONSTRAINT optimization_findings_decided_has_time;
ALTER TABLE optimization_findings ADD CONSTRAINT optimization_findings_decided_has_time
  CHECK ((state IN ('accepted', 'dismissed')) = (decided_at IS NOT NULL));

ALTER TABLE optimization_findings
  ADD COLUMN subject text NOT NULL DEFAULT '',
  ADD COLUMN figures jsonb NOT NULL DEFAULT '[]',
  ADD COLUMN remedy text NOT NULL DEFAULT '',
  ADD COLUMN metric jsonb,
  ADD COLUMN weight double precision NOT NULL DEFAULT 0,
  ADD COLUMN decided_weight double precision,
  ADD COLUMN reason text,
  ADD COLUMN reopened integer NOT NULL DEFAULT 0,
  ADD COLUMN snoozed_until timestamptz,
  ADD COLUMN gone_at timestamptz,
  ADD CONSTRAINT optimization_findings_subject_short CHECK (length(subject) <= 200),
  ADD CONSTRAINT optimization_findings_figures_list CHECK (jsonb_typeof(figures) = 'array'),
  ADD CONSTRAINT optimization_findings_weight_not_negative CHECK (weight >= 0),
  ADD CONSTRAINT optimization_findings_reopened_not_negative CHECK (reopened >= 0),
  ADD CONSTRAINT optimization_findings_snoozed_has_time CHECK ((state = 'snoozed') = (snoozed_until IS NOT NULL)),
  ADD CONSTRAINT optimization_findings_gone_has_time CHECK ((state = 'gone') = (gone_at IS NOT NULL));

-- One thing that was found waits once.
DROP INDEX optimization_findings_open_key;
CREATE UNIQUE INDEX optimization_findings_open_key ON optimization_findings (fingerprint) WHERE state IN ('open', 'snoozed');
CREATE INDEX optimization_findings_fingerprint_idx ON optimization_findings (fingerprint, id);

-- What is known of a detector between two looks. Three dismissals since the last acceptance rest it, until something weighs
-- twice as much as what was dismissed.
CREATE TABLE finding_detectors (
  kind text NOT NULL,
  dismissals integer NOT NULL DEFAULT 0,
  dismissed_weight double precision NOT NULL DEFAULT 0,
  looked_at timestamptz,
  took_ms integer,
  problem text,
  held integer NOT NULL DEFAULT 0,
  CONSTRAINT finding_detectors_pkey PRIMARY KEY (kind),
  CONSTRAINT finding_detectors_not_negative CHECK (least(dismissals, held) >= 0 AND dismissed_weight >= 0)
);

-- Events are counted by day each night. Blocks of them cost an insert next to nothing.
CREATE INDEX events_received_idx ON events USING brin (received_at);
