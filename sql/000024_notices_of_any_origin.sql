-- Who tells is a matter of the code: a list here made each concern that has news write it anew.
ALTER TABLE owner_notices
  DROP CONSTRAINT owner_notices_origin_known,
  ADD CONSTRAINT owner_notices_origin_is_name CHECK (origin ~ '^[a-z][a-z-]{0,39}$');
