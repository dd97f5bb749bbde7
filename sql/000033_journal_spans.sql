-- A journal that was cut (power, a copy that was restored) reaches positions again that the store has events of: from there on it
-- has another number. Before, such lines passed for recorded ones and were lost.
ALTER TABLE journals
  ADD COLUMN from_position bigint NOT NULL DEFAULT 0,
  ADD CONSTRAINT journals_from_position_positive CHECK (from_position >= 0),
  DROP CONSTRAINT journals_uuid_epoch_key;
CREATE INDEX journals_uuid_idx ON journals (uuid, epoch);
