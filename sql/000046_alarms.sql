-- When a notice that was not seen was told by alarm.url or alarm.command, so that it is told once.
ALTER TABLE owner_notices ADD COLUMN alarmed_at timestamptz;

-- Settings that were stored under a name of before.
INSERT INTO config (key, value, updated_at, updated_by)
SELECT renamed.present, config.value, config.updated_at, config.updated_by
  FROM config
  JOIN (VALUES ('notify.url', 'alarm.url'), ('fleet.pingUrl', 'alarm.pingUrl'), ('fleet.pingEveryMs', 'alarm.pingEveryMs'))
    AS renamed (old, present) ON renamed.old = config.key
    ON CONFLICT (key) DO NOTHING;
DELETE FROM config WHERE key IN ('notify.url', 'fleet.pingUrl', 'fleet.pingEveryMs');
