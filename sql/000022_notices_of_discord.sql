-- Discord tells of itself. Every origin that any concern has by now is named.
ALTER TABLE owner_notices DROP CONSTRAINT owner_notices_origin_known;
ALTER TABLE owner_notices ADD CONSTRAINT owner_notices_origin_known
  CHECK (origin IN ('task', 'spend', 'agent', 'delivery', 'clock', 'goal', 'discord'));
