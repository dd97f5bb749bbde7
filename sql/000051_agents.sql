-- Other CLIs than claude name their sessions otherwise, and a session belongs to the agent that keeps it.
ALTER TABLE conversations
  ALTER COLUMN session_id TYPE text,
  ADD COLUMN agent text,
  ADD CONSTRAINT conversations_session_id_short CHECK (length(session_id) <= 200);
ALTER TABLE tasks
  ALTER COLUMN session_id TYPE text,
  -- The agent that a rule or the message itself asks for.
  ADD COLUMN wants_agent text,
  ADD CONSTRAINT tasks_session_id_short CHECK (length(session_id) <= 200);
-- Until now there was only one that keeps sessions.
UPDATE conversations SET agent = 'claude' WHERE session_id IS NOT NULL;
