-- A note that is its event's payload is not stored twice: the bundle names the event, and the text is read there when it becomes
-- a memory. Until then the event stays; this is the first one of a bundle whose payload is still to be read.
ALTER TABLE memory_bundles ADD COLUMN first_event bigint;
