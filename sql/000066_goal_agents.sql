-- Who does a goal; null leaves that to agent.default.
ALTER TABLE goals
  ADD COLUMN agent text,
  ADD CONSTRAINT goals_agent_short CHECK (length(agent) <= 64);
