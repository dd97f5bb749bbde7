-- What an attempt that was cut off leaves for the next one: reason, session, tool calls answered and unknown.
ALTER TABLE tasks ADD COLUMN cut_off jsonb;
-- A deed may have been done: the task waits in the queue until the owner says that it goes on.
ALTER TABLE tasks ADD COLUMN in_doubt boolean NOT NULL DEFAULT false;
