-- Messages that a running task of their conversation takes in, conversations that begin from another one, and costs
-- of runs that were ended before the CLI had told theirs.

-- The running task to which a queued message was handed. It stays queued until that task is recorded: then it ends with
-- it, or, where it was not heard, waits for a run of its own. Ended rows keep the link.
ALTER TABLE tasks ADD COLUMN steered_into bigint;
CREATE INDEX tasks_steered_into_idx ON tasks (steered_into) WHERE steered_into IS NOT NULL;

-- The conversation whose session this task's conversation begins from.
ALTER TABLE tasks ADD COLUMN fork_of text;

-- The conversation in whose folder a fork works, since sessions belong to folders; null where it is its own.
ALTER TABLE conversations ADD COLUMN works_in text;
CREATE INDEX conversations_last_used_idx ON conversations (last_used_at);

-- True where the tokens were counted by us and priced by what the model cost before.
ALTER TABLE task_costs ADD COLUMN estimated boolean NOT NULL DEFAULT false;
CREATE INDEX task_costs_model_idx ON task_costs (model, at) WHERE NOT estimated;
