-- What runs by the clock: how far each job's instants are accounted for, its fires, and the daemons that run them.

CREATE TABLE job_cursors (
  job_id text CONSTRAINT job_cursors_pkey PRIMARY KEY,
  kind text NOT NULL,
  -- The words of the schedule, or that it was paused: where they have changed, instants of before are nobody's.
  definition text NOT NULL,
  -- Every instant up to here has its row, or was none of the job's.
  considered_until timestamptz NOT NULL,
  -- The last run was ended by the daemon's own end: nothing is made up for until another one has begun.
  cut_off boolean NOT NULL DEFAULT false,
  seen_at timestamptz NOT NULL,
  CONSTRAINT job_cursors_id_short CHECK (length(job_id) <= 300)
);

-- A row is the claim of an instant, written before anything starts: whoever inserts it runs it, and nobody else ever does.
CREATE TABLE job_fires (
  id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT job_fires_pkey PRIMARY KEY,
  job_id text NOT NULL,
  kind text NOT NULL,
  nominal_at timestamptz NOT NULL,
  -- One row may stand for many missed instants, the last of which this is; null where it stands for one.
  last_at timestamptz,
  -- How many those are; null where nobody has counted them.
  instants bigint DEFAULT 1,
  by_hand boolean NOT NULL DEFAULT false,
  -- It was missed, and started later.
  made_up boolean NOT NULL DEFAULT false,
  state text NOT NULL,
  reason text,
  worker uuid NOT NULL,
  claimed_at timestamptz NOT NULL,
  -- Not started before: the jitter, or its place among those that are made up for.
  due_at timestamptz NOT NULL,
  started_at timestamptz,
  ended_at timestamptz,
  -- Lives of the daemon in which it ran.
  lives integer NOT NULL DEFAULT 0,
  -- Another daemon asks its worker to end it.
  stop_asked text,
  CONSTRAINT job_fires_once UNIQUE (job_id, nominal_at),
  CONSTRAINT job_fires_state_known
    CHECK (state IN ('claimed', 'running', 'done', 'failed', 'missed', 'skipped', 'cancelled')),
  CONSTRAINT job_fires_open_has_no_end CHECK ((state IN ('claimed', 'running')) = (ended_at IS NULL)),
  CONSTRAINT job_fires_running_has_start CHECK (state <> 'running' OR started_at IS NOT NULL),
  CONSTRAINT job_fires_not_done_has_reason CHECK (state IN ('claimed', 'running', 'done') OR reason IS NOT NULL),
  CONSTRAINT job_fires_only_missed_span CHECK (state = 'missed' OR (last_at IS NULL AND instants = 1)),
  CONSTRAINT job_fires_id_short CHECK (length(job_id) <= 300)
);
CREATE INDEX job_fires_open_idx ON job_fires (job_id, nominal_at) WHERE state IN ('claimed', 'running');
CREATE INDEX job_fires_nominal_idx ON job_fires (nominal_at);
CREATE INDEX job_fires_ended_idx ON job_fires (ended_at) WHERE ended_at IS NOT NULL;

-- A daemon is gone when its beat stands still, by the reckoning of whoever watches it: clocks may differ and jump.
CREATE TABLE job_workers (
  worker uuid CONSTRAINT job_workers_pkey PRIMARY KEY,
  beat bigint NOT NULL DEFAULT 0,
  seen_at timestamptz NOT NULL
);
