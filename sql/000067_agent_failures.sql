-- How agents have failed of late; a few of each are kept.
CREATE TABLE agent_failures (
  id bigint GENERATED ALWAYS AS IDENTITY NOT NULL,
  agent text NOT NULL,
  at timestamptz NOT NULL,
  kind text NOT NULL,
  reason text NOT NULL,
  task_id bigint,
  -- When it succeeded again.
  over_at timestamptz,
  CONSTRAINT agent_failures_pkey PRIMARY KEY (id),
  CONSTRAINT agent_failures_agent_short CHECK (length(agent) <= 64),
  CONSTRAINT agent_failures_kind_short CHECK (length(kind) <= 64),
  CONSTRAINT agent_failures_reason_short CHECK (length(reason) <= 2000)
);
CREATE INDEX agent_failures_agent_idx ON agent_failures (agent, id DESC);
