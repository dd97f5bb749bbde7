-- What took how much on each day, so that it is known how the home grows. One row a day and home.
CREATE TABLE storage_days (
  worker uuid NOT NULL,
  day date NOT NULL,
  bytes jsonb NOT NULL,
  CONSTRAINT storage_days_pkey PRIMARY KEY (worker, day),
  CONSTRAINT storage_days_bytes_object CHECK (jsonb_typeof(bytes) = 'object')
);
