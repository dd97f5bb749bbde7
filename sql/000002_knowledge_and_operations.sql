-- What the daemon does by itself: goals, wishes and findings, the fleet, the knowledge graph.

-- A goal is a cron expression with a prompt for the agent or the name of a reflex.
CREATE TABLE goals (
  id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT goals_pkey PRIMARY KEY,
  name text NOT NULL CONSTRAINT goals_name_key UNIQUE,
  schedule text NOT NULL,
  time_zone text NOT NULL,
  prompt text,
  reflex text,
  missed_run text NOT NULL DEFAULT 'skip',
  enabled boolean NOT NULL DEFAULT true,
  failures_in_a_row integer NOT NULL DEFAULT 0,
  paused_reason text,
  last_run_at timestamptz,
  last_event_id bigint,
  next_run_at timestamptz,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  CONSTRAINT goals_prompt_or_reflex CHECK (num_nonnulls(prompt, reflex) = 1),
  CONSTRAINT goals_missed_run_known CHECK (missed_run IN ('skip', 'once')),
  CONSTRAINT goals_failures_not_negative CHECK (failures_in_a_row >= 0),
  CONSTRAINT goals_paused_is_disabled CHECK (paused_reason IS NULL OR NOT enabled)
);
CREATE INDEX goals_due_idx ON goals (next_run_at) WHERE enabled AND next_run_at IS NOT NULL;

-- What the self-watch measured. `fingerprint` names the thing measured, so that it is open at most once.
CREATE TABLE optimization_findings (
  id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT optimization_findings_pkey PRIMARY KEY,
  kind text NOT NULL,
  fingerprint text NOT NULL,
  severity text NOT NULL,
  summary text NOT NULL,
  evidence jsonb NOT NULL,
  state text NOT NULL DEFAULT 'open',
  seen_count integer NOT NULL DEFAULT 1,
  first_seen_at timestamptz NOT NULL,
  last_seen_at timestamptz NOT NULL,
  decided_at timestamptz,
  CONSTRAINT optimization_findings_kind_known
    CHECK (kind IN ('slow_query', 'failing_category', 'cost_outlier', 'retry_storm', 'loop_stall', 'growth', 'other')),
  CONSTRAINT optimization_findings_severity_known CHECK (severity IN ('info', 'warning', 'critical')),
  CONSTRAINT optimization_findings_state_known CHECK (state IN ('open', 'accepted', 'dismissed')),
  CONSTRAINT optimization_findings_decided_has_time CHECK ((state = 'open') = (decided_at IS NULL)),
  CONSTRAINT optimization_findings_seen_positive CHECK (seen_count > 0)
);
CREATE UNIQUE INDEX optimization_findings_open_key ON optimization_findings (fingerprint) WHERE state = 'open';
CREATE INDEX optimization_findings_state_idx ON optimization_findings (state, last_seen_at);

-- Improvements proposed by the retrospective, the agent, a finding or the owner; a draft is a patch for review.
CREATE TABLE wishlist (
  id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT wishlist_pkey PRIMARY KEY,
  title text NOT NULL,
  description text NOT NULL,
  fingerprint text NOT NULL,
  origin text NOT NULL,
  finding_id bigint CONSTRAINT wishlist_finding_id_fkey REFERENCES optimization_findings (id) ON DELETE SET NULL,
  task_id bigint,
  state text NOT NULL DEFAULT 'proposed',
  reason text,
  patch text,
  summary text,
  base_commit text,
  test_report text,
  draft_attempts smallint NOT NULL DEFAULT 0,
  created_at timestamptz NOT NULL,
  decided_at timestamptz,
  drafted_at timestamptz,
  applied_at timestamptz,
  CONSTRAINT wishlist_origin_known CHECK (origin IN ('retrospective', 'agent', 'finding', 'owner')),
  CONSTRAINT wishlist_state_known
    CHECK (state IN ('proposed', 'approved', 'rejected', 'drafting', 'drafted', 'failed', 'applied')),
  CONSTRAINT wishlist_proposed_is_undecided CHECK ((state = 'proposed') = (decided_at IS NULL)),
  CONSTRAINT wishlist_draft_is_whole
    CHECK (state NOT IN ('drafted', 'applied') OR num_nulls(patch, summary, base_commit, drafted_at) = 0),
  CONSTRAINT wishlist_applied_has_time CHECK ((state = 'applied') = (applied_at IS NOT NULL)),
  CONSTRAINT wishlist_attempts_not_negative CHECK (draft_attempts >= 0)
);
CREATE UNIQUE INDEX wishlist_open_key ON wishlist (fingerprint) WHERE state NOT IN ('rejected', 'applied');
CREATE INDEX wishlist_state_idx ON wishlist (state, created_at);
CREATE INDEX wishlist_finding_idx ON wishlist (finding_id) WHERE finding_id IS NOT NULL;

-- The fleet. `name` is what comes after `fleet:` in a wire line's source.
CREATE TABLE machines (
  id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT machines_pkey PRIMARY KEY,
  name text NOT NULL CONSTRAINT machines_name_key UNIQUE,
  kind text NOT NULL,
  address text,
  poll_every_ms integer NOT NULL DEFAULT 60000,
  services text[] NOT NULL DEFAULT '{}',
  enabled boolean NOT NULL DEFAULT true,
  state text NOT NULL DEFAULT 'unknown',
  state_since timestamptz NOT NULL,
  last_seen_at timestamptz,
  created_at timestamptz NOT NULL,
  CONSTRAINT machines_name_fits_a_source CHECK (name ~ '^[A-Za-z0-9._-]{1,58}$'),
  CONSTRAINT machines_kind_known CHECK (kind IN ('local', 'ssh', 'http')),
  CONSTRAINT machines_remote_has_address CHECK ((kind = 'local') = (address IS NULL)),
  CONSTRAINT machines_state_known CHECK (state IN ('unknown', 'up', 'degraded', 'down')),
  CONSTRAINT machines_poll_every_sane CHECK (poll_every_ms BETWEEN 1000 AND 86400000)
);

-- One poll of one machine. A failed poll has a reason and no figures.
CREATE TABLE fleet_reports (
  id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT fleet_reports_pkey PRIMARY KEY,
  machine_id bigint NOT NULL CONSTRAINT fleet_reports_machine_id_fkey REFERENCES machines (id) ON DELETE CASCADE,
  at timestamptz NOT NULL,
  state text NOT NULL,
  reason text,
  took_ms integer,
  load1 real,
  cpu_count smallint,
  memory_used_bytes bigint,
  memory_total_bytes bigint,
  disks jsonb,
  uptime_s bigint,
  services jsonb,
  CONSTRAINT fleet_reports_state_known CHECK (state IN ('up', 'degraded', 'down')),
  CONSTRAINT fleet_reports_trouble_has_reason CHECK (state = 'up' OR reason IS NOT NULL)
);
CREATE INDEX fleet_reports_machine_idx ON fleet_reports (machine_id, at DESC);
CREATE INDEX fleet_reports_at_idx ON fleet_reports (at);

-- The knowledge graph. `canonical` is the name as compared: two spellings of one thing share it.
CREATE TABLE entities (
  id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT entities_pkey PRIMARY KEY,
  kind text NOT NULL,
  canonical text NOT NULL,
  name text NOT NULL,
  aliases text[] NOT NULL DEFAULT '{}',
  detail jsonb NOT NULL DEFAULT '{}',
  trust text NOT NULL,
  mentions integer NOT NULL DEFAULT 1,
  evidence jsonb NOT NULL DEFAULT '[]',
  first_seen_at timestamptz NOT NULL,
  last_seen_at timestamptz NOT NULL,
  CONSTRAINT entities_kind_canonical_key UNIQUE (kind, canonical),
  CONSTRAINT entities_kind_known
    CHECK (kind IN ('person', 'organisation', 'place', 'host', 'service', 'repository', 'url', 'other')),
  CONSTRAINT entities_trust_known CHECK (trust IN ('owner', 'local', 'untrusted')),
  CONSTRAINT entities_mentions_positive CHECK (mentions > 0)
);
CREATE INDEX entities_name_trgm_idx ON entities USING gin (name gin_trgm_ops);
CREATE INDEX entities_aliases_idx ON entities USING gin (aliases);
CREATE INDEX entities_last_seen_idx ON entities (last_seen_at);

CREATE TABLE entity_relations (
  id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT entity_relations_pkey PRIMARY KEY,
  subject_id bigint NOT NULL CONSTRAINT entity_relations_subject_id_fkey REFERENCES entities (id) ON DELETE CASCADE,
  predicate text NOT NULL,
  object_id bigint NOT NULL CONSTRAINT entity_relations_object_id_fkey REFERENCES entities (id) ON DELETE CASCADE,
  trust text NOT NULL,
  mentions integer NOT NULL DEFAULT 1,
  evidence jsonb NOT NULL DEFAULT '[]',
  first_seen_at timestamptz NOT NULL,
  last_seen_at timestamptz NOT NULL,
  CONSTRAINT entity_relations_triple_key UNIQUE (subject_id, predicate, object_id),
  CONSTRAINT entity_relations_not_to_itself CHECK (subject_id <> object_id),
  CONSTRAINT entity_relations_trust_known CHECK (trust IN ('owner', 'local', 'untrusted')),
  CONSTRAINT entity_relations_mentions_positive CHECK (mentions > 0)
);
CREATE INDEX entity_relations_object_idx ON entity_relations (object_id);
