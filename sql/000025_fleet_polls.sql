-- The fleet is polled. A host's definition, what judging it remembers, and its newest report stand in its row.
ALTER TABLE machines
  DROP CONSTRAINT machines_kind_known,
  DROP CONSTRAINT machines_remote_has_address,
  DROP CONSTRAINT machines_state_known,
  DROP CONSTRAINT machines_name_fits_a_source,
  ADD COLUMN parent text,
  ADD COLUMN options jsonb NOT NULL DEFAULT '{}',
  ADD COLUMN worker text,
  ADD COLUMN declared_by text,
  ADD COLUMN push_token_hash text,
  ADD COLUMN reason text,
  ADD COLUMN memory jsonb NOT NULL DEFAULT '{}',
  ADD COLUMN report jsonb,
  ADD COLUMN report_at timestamptz,
  ADD COLUMN report_before jsonb,
  ADD COLUMN next_poll_at timestamptz,
  ADD COLUMN last_told_at timestamptz,
  ADD COLUMN updated_at timestamptz;

-- A name that begins with a dash reads as an option.
UPDATE machines SET name = 'host' || name WHERE name !~ '^[A-Za-z0-9]';

ALTER TABLE machines
  ADD CONSTRAINT machines_name_fits_a_source CHECK (name ~ '^[A-Za-z0-9][A-Za-z0-9._-]{0,57}$'),
  ADD CONSTRAINT machines_kind_known CHECK (kind IN ('local', 'ssh', 'http', 'push')),
  ADD CONSTRAINT machines_remote_has_address CHECK ((kind IN ('local', 'push')) = (address IS NULL)),
  ADD CONSTRAINT machines_state_known CHECK (state IN ('unknown', 'up', 'degraded', 'down', 'unreachable')),
  ADD CONSTRAINT machines_not_its_own_parent CHECK (parent IS DISTINCT FROM name),
  ADD CONSTRAINT machines_push_has_token CHECK ((kind = 'push') = (push_token_hash IS NOT NULL));
CREATE INDEX machines_due_idx ON machines (next_poll_at) WHERE enabled;
CREATE INDEX machines_parent_idx ON machines (parent) WHERE parent IS NOT NULL;

-- What happened to a host, or to the fleet as a whole (no machine). `muted` says why it is not sent; a row that is neither
-- muted nor put is still to be written into the pipe.
CREATE TABLE fleet_events (
  id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT fleet_events_pkey PRIMARY KEY,
  machine_id bigint CONSTRAINT fleet_events_machine_id_fkey REFERENCES machines (id) ON DELETE CASCADE,
  at timestamptz NOT NULL,
  category text NOT NULL,
  priority text NOT NULL,
  before text,
  state text,
  text text NOT NULL,
  detail jsonb NOT NULL DEFAULT '{}',
  muted text,
  put_at timestamptz,
  CONSTRAINT fleet_events_priority_known CHECK (priority IN ('URGENT', 'HIGH', 'NORMAL', 'LOW', 'IDLE')),
  CONSTRAINT fleet_events_muted_is_not_put CHECK (muted IS NULL OR put_at IS NULL)
);
CREATE INDEX fleet_events_machine_idx ON fleet_events (machine_id, at DESC);
CREATE INDEX fleet_events_to_put_idx ON fleet_events (id) WHERE muted IS NULL AND put_at IS NULL;
CREATE INDEX fleet_events_at_idx ON fleet_events (at);

-- What the owner was told that still holds: one row for each trouble of a host, deleted with its cause.
CREATE TABLE fleet_alerts (
  machine_id bigint NOT NULL CONSTRAINT fleet_alerts_machine_id_fkey REFERENCES machines (id) ON DELETE CASCADE,
  kind text NOT NULL,
  since timestamptz NOT NULL,
  text text NOT NULL,
  told_id bigint,
  reminded_at timestamptz,
  CONSTRAINT fleet_alerts_pkey PRIMARY KEY (machine_id, kind)
);

-- Whether a home could see anything at all when it last looked.
CREATE TABLE fleet_sight (
  worker text NOT NULL CONSTRAINT fleet_sight_pkey PRIMARY KEY,
  blind_since timestamptz,
  reason text,
  gateway_seen_at timestamptz,
  told_id bigint
);
