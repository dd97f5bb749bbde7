-- What a rule did to a task: the permissions that it gets instead of its category's, and whose quiet hours it waited for.
ALTER TABLE tasks ADD COLUMN permission_category text;
ALTER TABLE tasks ADD COLUMN held_by text;
CREATE INDEX tasks_held_idx ON tasks (held_by) WHERE state = 'queued' AND held_by IS NOT NULL;

-- Every state that the owner's rules were in. The rules in force are those of the setting `router.rules`; this is their past.
CREATE TABLE rule_versions (
  id bigint GENERATED ALWAYS AS IDENTITY NOT NULL,
  at timestamptz NOT NULL,
  -- The face that the change came by.
  by text NOT NULL,
  action text NOT NULL,
  summary text NOT NULL,
  rules jsonb NOT NULL,
  -- Where the setting had its value from: the table, config.json, or the default.
  origin text NOT NULL,
  -- The version that this one took back.
  undoes bigint,
  CONSTRAINT rule_versions_pkey PRIMARY KEY (id),
  CONSTRAINT rule_versions_origin_known CHECK (origin IN ('table', 'file', 'default'))
);

-- How often each rule took an event, by day.
CREATE TABLE rule_days (
  rule text NOT NULL,
  day date NOT NULL,
  taken bigint NOT NULL,
  throttled bigint NOT NULL,
  held bigint NOT NULL,
  lowered bigint NOT NULL,
  last_at timestamptz NOT NULL,
  CONSTRAINT rule_days_pkey PRIMARY KEY (rule, day)
);
CREATE INDEX rule_days_day_idx ON rule_days (day);
