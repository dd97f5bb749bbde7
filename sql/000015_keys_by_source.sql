-- Deduplication keys by source (src/lib/wire/event-key.ts): a stranger's key no longer drops the owner's event. What was
-- recorded before gets the key that the same line would have now. The index is made anew, since keys change place.
DROP INDEX events_dedup_key_key;

UPDATE events
   SET dedup_key = CASE
     WHEN split_part(source, ':', 1) NOT IN ('dashboard', 'discord', 'cli', 'shell') THEN source || '/' || key
     WHEN position('/' IN key) > 0 THEN '/' || key
     ELSE key
   END
  FROM (
    SELECT id AS keyed,
           CASE WHEN length(dedup_key) <= 256 THEN dedup_key
                ELSE 'sha256:' || encode(sha256(convert_to(dedup_key, 'UTF8')), 'hex') END AS key
      FROM events WHERE dedup_key IS NOT NULL) AS old
 WHERE events.id = old.keyed;

CREATE UNIQUE INDEX events_dedup_key_key ON events (dedup_key) WHERE dedup_key IS NOT NULL;

-- What agents queue comes from the source `self`.
UPDATE self_tasks SET dedup_key = 'self/' || dedup_key;
