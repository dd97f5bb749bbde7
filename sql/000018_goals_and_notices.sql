-- Goals in full: until now a goal was a row that nobody fired.

ALTER TABLE goals DROP CONSTRAINT goals_missed_run_known;
ALTER TABLE goals ALTER COLUMN schedule DROP NOT NULL;
ALTER TABLE goals DROP COLUMN next_run_at, DROP COLUMN last_event_id, DROP COLUMN last_run_at;
ALTER TABLE goals
  -- As somebody wrote it, such as "every weekday at 9"; null where it was cron itself.
  ADD COLUMN spoken text,
  -- One of three: `schedule` (cron), a span from an anchor on, or a single instant.
  ADD COLUMN every_ms bigint,
  ADD COLUMN anchor timestamptz,
  ADD COLUMN due_at timestamptz,
  -- Instants at or before it are not the goal's: it was made, changed its schedule, or was paused.
  ADD COLUMN since timestamptz NOT NULL DEFAULT now(),
  ADD COLUMN conversation text,
  -- The category of its events, by which permissions and limits go.
  ADD COLUMN category text NOT NULL DEFAULT 'goal',
  ADD COLUMN priority smallint NOT NULL DEFAULT 3,
  ADD COLUMN model text,
  -- For one run.
  ADD COLUMN budget_usd numeric(12, 6),
  ADD COLUMN timeout_ms bigint NOT NULL DEFAULT 1800000,
  ADD COLUMN missed_window_ms bigint NOT NULL DEFAULT 86400000,
  ADD COLUMN missed_cap integer NOT NULL DEFAULT 10,
  ADD COLUMN overlap text NOT NULL DEFAULT 'skip',
  ADD COLUMN jitter_ms bigint NOT NULL DEFAULT 0,
  -- Such as 22:00-07:00, in the goal's zone.
  ADD COLUMN quiet text,
  -- Decides beforehand whether an agent is needed; hands on what it keeps in `kept_state`.
  ADD COLUMN condition text,
  ADD COLUMN kept_state bytea,
  -- Decides afterwards whether it is done: a command, or a JSON schema for the result.
  ADD COLUMN done_check text,
  ADD COLUMN done_schema jsonb,
  ADD COLUMN last_success_at timestamptz,
  -- Who made it, and the trust that its runs have at most.
  ADD COLUMN made_by text NOT NULL DEFAULT 'cli',
  ADD COLUMN trust text NOT NULL DEFAULT 'owner',
  -- The journal of the home whose config.json declares it; null for one that was made by a command.
  ADD COLUMN declared_by uuid,
  ADD CONSTRAINT goals_one_schedule CHECK (num_nonnulls(schedule, every_ms, due_at) = 1),
  ADD CONSTRAINT goals_every_has_anchor CHECK ((every_ms IS NULL) = (anchor IS NULL)),
  ADD CONSTRAINT goals_missed_run_known CHECK (missed_run IN ('skip', 'once', 'all')),
  ADD CONSTRAINT goals_overlap_known CHECK (overlap IN ('skip', 'queue', 'cancel-other')),
  ADD CONSTRAINT goals_priority_known CHECK (priority BETWEEN 1 AND 5),
  ADD CONSTRAINT goals_trust_known CHECK (trust IN ('owner', 'local')),
  ADD CONSTRAINT goals_done_by_one CHECK (num_nonnulls(done_check, done_schema) <= 1),
  ADD CONSTRAINT goals_kept_state_short CHECK (octet_length(kept_state) <= 16384);
CREATE INDEX goals_declared_idx ON goals (declared_by) WHERE declared_by IS NOT NULL;

-- What a goal's fire did: whether it was carried out, whether it is done, and whether the owner was told, each for itself.
CREATE TABLE goal_runs (
  fire_id bigint CONSTRAINT goal_runs_pkey PRIMARY KEY
    CONSTRAINT goal_runs_fire_fkey REFERENCES job_fires (id) ON DELETE CASCADE,
  goal_id bigint NOT NULL CONSTRAINT goal_runs_goal_fkey REFERENCES goals (id) ON DELETE CASCADE,
  -- The goal as it was at the start; what is changed meanwhile holds from the next run on.
  terms jsonb NOT NULL,
  -- Names its event before that is written: the key of the line, and as events keep it (src/lib/wire/event-key.ts).
  dedup_key text NOT NULL,
  event_key text NOT NULL CONSTRAINT goal_runs_event_key_key UNIQUE,
  phase text NOT NULL DEFAULT 'condition',
  execution text NOT NULL DEFAULT 'none',
  done_check text NOT NULL DEFAULT 'none',
  delivery text NOT NULL DEFAULT 'none',
  event_id bigint,
  task_id bigint,
  -- What the condition said to the agent.
  finding text,
  result jsonb,
  reason text,
  -- What the owner is told of it.
  words text,
  -- The last words of the condition or the done-check.
  output text,
  -- Told then, with all else that waits, since it fell into quiet hours.
  held_until timestamptz,
  -- The subject of the deliveries by which the owner was told.
  told_as text,
  ended_at timestamptz,
  CONSTRAINT goal_runs_phase_known CHECK (phase IN ('condition', 'event', 'waiting', 'check', 'ended')),
  CONSTRAINT goal_runs_execution_known CHECK (execution IN ('none', 'unneeded', 'done', 'failed', 'cancelled')),
  CONSTRAINT goal_runs_done_check_known CHECK (done_check IN ('none', 'passed', 'failed')),
  CONSTRAINT goal_runs_delivery_known CHECK (delivery IN ('none', 'silent', 'held', 'told', 'failed')),
  CONSTRAINT goal_runs_held_has_time CHECK ((delivery = 'held') = (held_until IS NOT NULL))
);
CREATE INDEX goal_runs_goal_idx ON goal_runs (goal_id, fire_id);
CREATE INDEX goal_runs_held_idx ON goal_runs (held_until) WHERE held_until IS NOT NULL;

-- Events that ninjad causes by itself: queued by tasks, and now by goals, which have no task above them.
ALTER TABLE self_tasks ALTER COLUMN parent_task_id DROP NOT NULL;
ALTER TABLE self_tasks DROP CONSTRAINT self_tasks_depth_positive;
ALTER TABLE self_tasks ADD CONSTRAINT self_tasks_depth_fits CHECK ((depth = 0) = (parent_task_id IS NULL) AND depth >= 0);

ALTER TABLE owner_notices DROP CONSTRAINT owner_notices_origin_known;
ALTER TABLE owner_notices
  ADD CONSTRAINT owner_notices_origin_known CHECK (origin IN ('task', 'spend', 'agent', 'delivery', 'clock', 'goal'));
