-- What the owner has removed comes back within a week; until then it holds no name and is nowhere shown.
ALTER TABLE goals ADD COLUMN removed_at timestamptz;
ALTER TABLE goals DROP CONSTRAINT goals_name_key;
CREATE UNIQUE INDEX goals_name_key ON goals (name) WHERE removed_at IS NULL;
ALTER TABLE machines ADD COLUMN removed_at timestamptz;
-- The hosts that were behind it.
ALTER TABLE machines ADD COLUMN removed_behind text[];
ALTER TABLE machines DROP CONSTRAINT machines_name_key;
CREATE UNIQUE INDEX machines_name_key ON machines (name) WHERE removed_at IS NULL;
