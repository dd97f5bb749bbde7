-- Looks back at how it went: the figures beside those of the period before, and the wishes that came of them.
CREATE TABLE retrospectives (
  id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT retrospectives_pkey PRIMARY KEY,
  state text NOT NULL DEFAULT 'running',
  by_hand boolean NOT NULL,
  period_from timestamptz NOT NULL,
  period_until timestamptz NOT NULL,
  -- {metric, unit, before, now} each.
  figures jsonb NOT NULL DEFAULT '[]',
  -- The fire of the scheduler that runs it.
  fire_id bigint NOT NULL CONSTRAINT retrospectives_fire_key UNIQUE,
  -- How often the model was asked; the number names the event of each time, so that one that is taken up again asks no second time.
  asked integer NOT NULL DEFAULT 0,
  task_id bigint,
  cost_usd numeric(12, 6) NOT NULL DEFAULT 0,
  -- What became of each proposal: {title, became, wish, reason}.
  proposals jsonb NOT NULL DEFAULT '[]',
  -- The promises that were measured: {wish, title, promise, verdict}.
  promises jsonb NOT NULL DEFAULT '[]',
  reason text,
  started_at timestamptz NOT NULL,
  ended_at timestamptz,
  CONSTRAINT retrospectives_state_known CHECK (state IN ('running', 'completed', 'failed')),
  CONSTRAINT retrospectives_ended_has_time CHECK ((state = 'running') = (ended_at IS NULL)),
  CONSTRAINT retrospectives_period_goes_on CHECK (period_from < period_until)
);
CREATE INDEX retrospectives_ended_idx ON retrospectives (ended_at);
-- One at a time.
CREATE UNIQUE INDEX retrospectives_one_running ON retrospectives ((true)) WHERE state = 'running';
