-- The program that applied a migration, so that an older one can say who has upgraded the database. The ledger is made with this
-- column where the database is new.
ALTER TABLE schema_migrations ADD COLUMN IF NOT EXISTS written_by text;
