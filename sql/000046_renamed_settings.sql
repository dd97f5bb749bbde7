-- Settings that were stored under a name of before.
UPDATE config SET key = 'alarm.url'
 WHERE key = 'notify.url' AND NOT EXISTS (SELECT FROM config AS present WHERE present.key = 'alarm.url');
DELETE FROM config WHERE key = 'notify.url';
