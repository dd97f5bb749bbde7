-- What tasks cost, and what they may queue themselves.

-- One row an attempt and model. It outlives the task's row, so that a month's sum does not shrink with retention.
CREATE TABLE task_costs (
  id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT task_costs_pkey PRIMARY KEY,
  at timestamptz NOT NULL,
  task_id bigint NOT NULL,
  category text NOT NULL,
  model text NOT NULL,
  cost_usd numeric(12, 6) NOT NULL,
  input_tokens bigint NOT NULL DEFAULT 0,
  output_tokens bigint NOT NULL DEFAULT 0,
  cache_read_tokens bigint NOT NULL DEFAULT 0,
  cache_write_tokens bigint NOT NULL DEFAULT 0,
  CONSTRAINT task_costs_not_negative
    CHECK (least(cost_usd, input_tokens, output_tokens, cache_read_tokens, cache_write_tokens) >= 0)
);
CREATE INDEX task_costs_at_idx ON task_costs (at);
CREATE INDEX task_costs_task_idx ON task_costs (task_id);

INSERT INTO task_costs (at, task_id, category, model, cost_usd)
SELECT coalesce(finished_at, started_at, queued_at), id, category, 'unknown', cost_usd FROM tasks WHERE cost_usd > 0;

-- What the CLI has told of the session so far, by model: its figures accumulate, bookings are differences.
ALTER TABLE conversations ADD COLUMN usage_high_water jsonb NOT NULL DEFAULT '{}';

CREATE INDEX activity_log_spend_idx ON activity_log (id) WHERE actor = 'spend';

-- Where an event of source `self` comes from. The daemon writes the row before the line, under a key that nobody can
-- guess, so that neither depth nor trust can be claimed by a payload.
CREATE TABLE self_tasks (
  dedup_key text CONSTRAINT self_tasks_pkey PRIMARY KEY,
  parent_task_id bigint NOT NULL,
  depth smallint NOT NULL,
  trust text NOT NULL,
  created_at timestamptz NOT NULL,
  CONSTRAINT self_tasks_depth_positive CHECK (depth > 0),
  CONSTRAINT self_tasks_trust_known CHECK (trust IN ('owner', 'local', 'untrusted'))
);
CREATE INDEX self_tasks_parent_idx ON self_tasks (parent_task_id);
CREATE INDEX self_tasks_created_idx ON self_tasks (created_at);

-- What tasks do through ninjad is counted before it is done.
CREATE INDEX memory_embeddings_task_idx ON memory_embeddings (task_id, created_at) WHERE task_id IS NOT NULL;
CREATE INDEX activity_log_notified_idx ON activity_log (at) WHERE action = 'owner.notified';
