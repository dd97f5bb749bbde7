-- A bot as the daemons that speak through it know it. One of them holds it at a time.
CREATE TABLE discord_bots (
  bot_id text CONSTRAINT discord_bots_pkey PRIMARY KEY,
  -- Who was paired with it; settings may name somebody else.
  owner_id text,
  paired_at timestamptz,
  -- Hash of the application commands that were registered last.
  commands_hash text,
  holder uuid,
  holder_host text,
  held_since timestamptz,
  held_until timestamptz
);

-- IDENTIFYs of the last day: past a thousand Discord takes the token away, so a crash loop must not forget them.
CREATE TABLE discord_identifies (
  id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT discord_identifies_pkey PRIMARY KEY,
  bot_id text NOT NULL,
  at timestamptz NOT NULL
);
CREATE INDEX discord_identifies_idx ON discord_identifies (bot_id, at);

-- The DM channel of the bot and one user.
CREATE TABLE discord_channels (
  channel_id text CONSTRAINT discord_channels_pkey PRIMARY KEY,
  bot_id text NOT NULL,
  user_id text NOT NULL,
  -- The last message that the journal has; null before the first look. What came of it stands elsewhere.
  cursor text,
  -- Messages behind the cursor up to this one are taken in together, also where a crash comes between.
  batch_until text,
  CONSTRAINT discord_channels_of_a_user UNIQUE (bot_id, user_id)
);

-- Codes that wait for the owner's word.
CREATE TABLE discord_pairings (
  code text CONSTRAINT discord_pairings_pkey PRIMARY KEY,
  bot_id text NOT NULL,
  user_id text NOT NULL,
  user_name text NOT NULL,
  channel_id text NOT NULL,
  created_at timestamptz NOT NULL,
  expires_at timestamptz NOT NULL,
  CONSTRAINT discord_pairings_once_a_user UNIQUE (bot_id, user_id)
);

-- The message in which the reply of a task is shown while it is written. The row is there before the message is.
CREATE TABLE discord_drafts (
  task_id bigint CONSTRAINT discord_drafts_pkey PRIMARY KEY,
  channel_id text NOT NULL,
  nonce text NOT NULL,
  message_id text,
  created_at timestamptz NOT NULL
);

-- The message with the buttons of a decision. The row is there before the message is.
CREATE TABLE discord_cards (
  id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT discord_cards_pkey PRIMARY KEY,
  kind text NOT NULL,
  subject_id bigint NOT NULL,
  channel_id text NOT NULL,
  nonce text NOT NULL,
  message_id text,
  -- What the message shows: another state of the subject is another version.
  version text NOT NULL,
  created_at timestamptz NOT NULL,
  -- Since then nothing is left to decide.
  settled_at timestamptz,
  CONSTRAINT discord_cards_once_a_subject UNIQUE (kind, subject_id)
);
CREATE INDEX discord_cards_open_idx ON discord_cards (id) WHERE settled_at IS NULL;
