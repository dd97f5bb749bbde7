-- What the owner was told, kept until they have seen it: the page that shows it at once may not be open.
CREATE TABLE owner_notices (
  id bigint GENERATED ALWAYS AS IDENTITY NOT NULL,
  at timestamptz NOT NULL,
  -- Who says it: a task in words of its agent, the spending, or the agent CLI that cannot work without the owner.
  origin text NOT NULL,
  text text NOT NULL,
  task_id bigint,
  -- When the owner has read it, or what it said came to its end by itself.
  seen_at timestamptz,
  CONSTRAINT owner_notices_pkey PRIMARY KEY (id),
  CONSTRAINT owner_notices_origin_known CHECK (origin IN ('task', 'spend', 'agent'))
);
CREATE INDEX owner_notices_unseen_idx ON owner_notices (id) WHERE seen_at IS NULL;
