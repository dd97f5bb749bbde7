-- The channels through which something leaves, as the daemons that serve them have said; several may share the rows.
CREATE TABLE delivery_channels (
  name text CONSTRAINT delivery_channels_pkey PRIMARY KEY,
  -- The owner's own address there, which takes news; null where there is none.
  owner_address text,
  worker uuid NOT NULL,
  seen_at timestamptz NOT NULL,
  -- Nothing is sent before, since the other side is away or asked for a pause; problem says why.
  paused_until timestamptz,
  -- Outages in a row, each counted once however many messages met it.
  failures integer NOT NULL DEFAULT 0,
  problem text
);

-- What must reach somebody outside: written in the transaction of the reply or news itself.
CREATE TABLE deliveries (
  id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT deliveries_pkey PRIMARY KEY,
  channel text NOT NULL,
  address text NOT NULL,
  kind text NOT NULL,
  -- The end of a task, an event, a piece of news: each is one delivery to an address.
  subject text NOT NULL,
  -- The same over retries and restarts. Discord takes 25 characters, of which five are left for the number of a part.
  token text NOT NULL DEFAULT left(translate(gen_random_uuid()::text, '-', ''), 20),
  body jsonb NOT NULL,
  event_id bigint,
  task_id bigint,
  state text NOT NULL DEFAULT 'pending',
  attempts integer NOT NULL DEFAULT 0,
  -- Attempts that failed without a known reason: these alone are numbered.
  failures integer NOT NULL DEFAULT 0,
  -- An attempt has begun whose end nobody knows.
  may_have_arrived boolean NOT NULL DEFAULT false,
  created_at timestamptz NOT NULL,
  -- Its age counts from here; the owner's retry begins it anew.
  queued_at timestamptz NOT NULL,
  due_at timestamptz NOT NULL,
  worker uuid,
  lease_until timestamptz,
  -- What the other side said last, and why the last attempt did not arrive.
  answer jsonb,
  reason text,
  ended_at timestamptz,
  CONSTRAINT deliveries_once_an_address UNIQUE (channel, address, subject),
  CONSTRAINT deliveries_kind_known CHECK (kind IN ('reply', 'news')),
  CONSTRAINT deliveries_state_known CHECK (state IN ('pending', 'sending', 'delivered', 'failed', 'dropped')),
  CONSTRAINT deliveries_sending_has_worker CHECK (state <> 'sending' OR (worker IS NOT NULL AND lease_until IS NOT NULL)),
  CONSTRAINT deliveries_open_has_no_end CHECK ((state IN ('pending', 'sending')) = (ended_at IS NULL)),
  CONSTRAINT deliveries_failed_has_reason CHECK (state <> 'failed' OR reason IS NOT NULL)
);
CREATE INDEX deliveries_open_idx ON deliveries (channel, address, id) WHERE state IN ('pending', 'sending');
CREATE INDEX deliveries_due_idx ON deliveries (due_at) WHERE state = 'pending';
CREATE INDEX deliveries_failed_idx ON deliveries (id) WHERE state = 'failed';
CREATE INDEX deliveries_ended_idx ON deliveries (ended_at) WHERE ended_at IS NOT NULL;
