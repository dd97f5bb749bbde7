-- Wishes as one machine: every state from the proposal to the kept promise, the trail of its moves, drafts as versions of which
-- none is ever rewritten, and the owner's comments on their lines.

ALTER TABLE wishlist
  -- Null where the description says it.
  ADD COLUMN why text,
  -- References that existed when the wish was made; see src/wishes/evidence.ts.
  ADD COLUMN evidence jsonb NOT NULL DEFAULT '[]',
  -- The promise: {metric, today, goal}.
  ADD COLUMN expected jsonb,
  ADD COLUMN measured_by text,
  ADD COLUMN effort text,
  ADD COLUMN risk text,
  -- The newest of its drafts; 0 before the first one.
  ADD COLUMN version integer NOT NULL DEFAULT 0,
  -- What the owner has to do before a blocked wish can be drafted.
  ADD COLUMN fix text,
  ADD COLUMN branch text,
  -- Names the event by which it was said, so that one that is looked at again after a crash makes no second one.
  ADD COLUMN said_key text CONSTRAINT wishlist_said_key_key UNIQUE,
  -- What became of the promise: {metric, before, after, goal, from, until, kept}.
  ADD COLUMN promise jsonb;

CREATE TABLE wish_drafts (
  wish_id bigint NOT NULL CONSTRAINT wish_drafts_wish_fkey REFERENCES wishlist (id) ON DELETE CASCADE,
  version integer NOT NULL,
  state text NOT NULL,
  -- The journal of the daemon that drafts it.
  worker uuid,
  started_by text NOT NULL,
  repository text,
  base text,
  patch text,
  summary text,
  files jsonb NOT NULL DEFAULT '[]',
  additions integer NOT NULL DEFAULT 0,
  deletions integer NOT NULL DEFAULT 0,
  -- {base, draft, own}; null parts were not run.
  tests jsonb NOT NULL DEFAULT '{}',
  flags jsonb NOT NULL DEFAULT '[]',
  cost_usd numeric(12, 6) NOT NULL DEFAULT 0,
  task_id bigint,
  reason text,
  started_at timestamptz NOT NULL,
  ended_at timestamptz,
  CONSTRAINT wish_drafts_pkey PRIMARY KEY (wish_id, version),
  CONSTRAINT wish_drafts_version_positive CHECK (version > 0),
  CONSTRAINT wish_drafts_state_known CHECK (state IN ('drafting', 'drafted', 'blocked', 'failed')),
  CONSTRAINT wish_drafts_ended_has_time CHECK ((state = 'drafting') = (ended_at IS NULL)),
  CONSTRAINT wish_drafts_drafted_is_whole CHECK (state <> 'drafted' OR num_nulls(patch, summary, base) = 0),
  CONSTRAINT wish_drafts_cost_not_negative CHECK (cost_usd >= 0)
);
CREATE INDEX wish_drafts_started_idx ON wish_drafts (started_at);

-- A version that was shown is never rewritten: a review would be of something else than what is applied.
CREATE FUNCTION wish_drafts_stay() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'version % of wish % is finished and cannot be rewritten', OLD.version, OLD.wish_id
    USING ERRCODE = 'check_violation', CONSTRAINT = 'wish_drafts_stay';
END $$;
CREATE TRIGGER wish_drafts_stay BEFORE UPDATE ON wish_drafts
  FOR EACH ROW WHEN (OLD.state <> 'drafting') EXECUTE FUNCTION wish_drafts_stay();

CREATE TABLE wish_comments (
  id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT wish_comments_pkey PRIMARY KEY,
  wish_id bigint NOT NULL,
  version integer NOT NULL,
  file text NOT NULL,
  -- In the drafted file; null for the whole file.
  line integer,
  text text NOT NULL,
  made_by text NOT NULL,
  at timestamptz NOT NULL,
  -- The version that was drafted with it.
  answered_by integer,
  CONSTRAINT wish_comments_draft_fkey FOREIGN KEY (wish_id, version) REFERENCES wish_drafts (wish_id, version) ON DELETE CASCADE,
  CONSTRAINT wish_comments_line_positive CHECK (line > 0)
);
CREATE INDEX wish_comments_draft_idx ON wish_comments (wish_id, version);

-- The audit trail: written in the transaction of each move, by whichever face or part of the daemon.
CREATE TABLE wish_moves (
  id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT wish_moves_pkey PRIMARY KEY,
  wish_id bigint NOT NULL CONSTRAINT wish_moves_wish_fkey REFERENCES wishlist (id) ON DELETE CASCADE,
  at timestamptz NOT NULL,
  -- A face of the owner (dashboard, api, cli, discord), or who else: agent, finding, retrospective, drafter.
  moved_by text NOT NULL,
  move text NOT NULL,
  -- Null for the proposal itself.
  from_state text,
  to_state text NOT NULL,
  version integer,
  reason text
);
CREATE INDEX wish_moves_wish_idx ON wish_moves (wish_id, id);

INSERT INTO wish_drafts (wish_id, version, state, started_by, base, patch, summary, tests, started_at, ended_at)
SELECT id, 1, 'drafted', 'owner', base_commit, patch, summary,
       CASE WHEN test_report IS NULL THEN '{}'
            ELSE jsonb_build_object('draft', jsonb_build_object('ran', true, 'passed', NULL, 'command', '', 'exitCode', NULL,
                                                                'output', test_report, 'durationMs', 0)) END,
       drafted_at, drafted_at
  FROM wishlist WHERE num_nulls(patch, summary, base_commit, drafted_at) = 0;
UPDATE wishlist SET version = 1 WHERE EXISTS (SELECT FROM wish_drafts WHERE wish_id = wishlist.id);
INSERT INTO wish_moves (wish_id, at, moved_by, move, from_state, to_state)
SELECT id, created_at, origin, 'propose', NULL, 'proposed' FROM wishlist;
INSERT INTO wish_moves (wish_id, at, moved_by, move, from_state, to_state, reason)
SELECT id, coalesce(applied_at, drafted_at, decided_at, created_at), 'owner', 'decide', 'proposed', state, reason
  FROM wishlist WHERE state <> 'proposed';
-- Nothing has drafted until now.
UPDATE wishlist SET state = 'approved' WHERE state = 'drafting';

ALTER TABLE wishlist DROP CONSTRAINT wishlist_state_known, DROP CONSTRAINT wishlist_draft_is_whole,
  DROP CONSTRAINT wishlist_applied_has_time;
DROP INDEX wishlist_open_key;
ALTER TABLE wishlist DROP COLUMN patch, DROP COLUMN summary, DROP COLUMN base_commit, DROP COLUMN test_report;
ALTER TABLE wishlist
  ADD CONSTRAINT wishlist_state_known
    CHECK (state IN ('proposed', 'approved', 'rejected', 'drafting', 'drafted', 'blocked', 'failed', 'applied', 'declined', 'stale',
                     'kept', 'unkept')),
  ADD CONSTRAINT wishlist_drafted_has_version CHECK (state NOT IN ('drafting', 'drafted', 'applied') OR version > 0),
  ADD CONSTRAINT wishlist_applied_has_time CHECK ((state IN ('applied', 'kept', 'unkept')) = (applied_at IS NOT NULL)),
  ADD CONSTRAINT wishlist_evidence_is_list CHECK (jsonb_typeof(evidence) = 'array');
CREATE UNIQUE INDEX wishlist_open_key ON wishlist (fingerprint)
  WHERE state NOT IN ('rejected', 'declined', 'applied', 'kept', 'unkept');
-- One draft at a time, whoever makes it.
CREATE UNIQUE INDEX wishlist_one_drafting ON wishlist ((true)) WHERE state = 'drafting';
