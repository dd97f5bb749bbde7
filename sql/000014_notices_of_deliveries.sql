-- A message that could not be delivered is told as a notice, and so is a clock that is not believed.
ALTER TABLE owner_notices DROP CONSTRAINT owner_notices_origin_known;
ALTER TABLE owner_notices
  ADD CONSTRAINT owner_notices_origin_known CHECK (origin IN ('task', 'spend', 'agent', 'delivery', 'clock'));
