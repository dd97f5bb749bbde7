-- Reports are read into the graph too: events of which neither a task nor a memory was made. Which of them is decided where
-- they are recorded (src/lib/graph/reports.ts); what they taught goes with them.
ALTER TABLE entity_mentions
  DROP CONSTRAINT entity_mentions_origin_known,
  ADD CONSTRAINT entity_mentions_origin_known CHECK (origin IN ('memory', 'task', 'event'));
ALTER TABLE entity_links
  DROP CONSTRAINT entity_links_origin_known,
  ADD CONSTRAINT entity_links_origin_known CHECK (origin IN ('memory', 'task', 'event'));

-- Millions of events go that nothing was read in.
CREATE FUNCTION graph_note_events_gone() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO graph_pending (origin, origin_id)
  SELECT 'event', id FROM gone
   WHERE EXISTS (SELECT FROM entity_mentions WHERE origin = 'event' AND origin_id = gone.id)
      OR EXISTS (SELECT FROM entity_links WHERE origin = 'event' AND origin_id = gone.id)
  ON CONFLICT ON CONSTRAINT graph_pending_pkey DO UPDATE SET turn = graph_pending.turn + 1, attempts = 0;
  RETURN NULL;
END $$;
CREATE TRIGGER graph_events_gone AFTER DELETE ON events REFERENCING OLD TABLE AS gone
  FOR EACH STATEMENT EXECUTE FUNCTION graph_note_events_gone();
