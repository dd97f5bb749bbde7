-- A notice that the owner wants to be told again later: until then it waits for nobody.
ALTER TABLE owner_notices ADD COLUMN put_off_until timestamptz;
