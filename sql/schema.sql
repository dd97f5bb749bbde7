-- Made by `npm run schema:dump` from the migrations; do not edit.

CREATE EXTENSION pg_trgm;
CREATE EXTENSION vector;

CREATE FUNCTION graph_note_added() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO graph_pending (origin, origin_id) SELECT TG_ARGV[0], id FROM added WHERE prepared ORDER BY id
  ON CONFLICT ON CONSTRAINT graph_pending_pkey DO UPDATE SET turn = graph_pending.turn + 1, attempts = 0;
  RETURN NULL;
END $$;

CREATE FUNCTION graph_note_events_gone() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO graph_pending (origin, origin_id)
  SELECT 'event', id FROM gone
   WHERE EXISTS (SELECT FROM entity_mentions WHERE origin = 'event' AND origin_id = gone.id)
      OR EXISTS (SELECT FROM entity_links WHERE origin = 'event' AND origin_id = gone.id)
  ON CONFLICT ON CONSTRAINT graph_pending_pkey DO UPDATE SET turn = graph_pending.turn + 1, attempts = 0;
  RETURN NULL;
END $$;

CREATE FUNCTION graph_note_gone() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO graph_pending (origin, origin_id) SELECT TG_ARGV[0], id FROM gone
  ON CONFLICT ON CONSTRAINT graph_pending_pkey DO UPDATE SET turn = graph_pending.turn + 1, attempts = 0;
  RETURN NULL;
END $$;

CREATE FUNCTION graph_note_row() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO graph_pending (origin, origin_id) VALUES (TG_ARGV[0], NEW.id)
  ON CONFLICT ON CONSTRAINT graph_pending_pkey DO UPDATE SET turn = graph_pending.turn + 1, attempts = 0;
  RETURN NULL;
END $$;

CREATE FUNCTION memory_arabic(given text) RETURNS text[] LANGUAGE sql AS $$$$;

CREATE FUNCTION memory_codes(given text) RETURNS text[] LANGUAGE sql AS $$$$;

CREATE FUNCTION memory_day_word(day date) RETURNS tsvector LANGUAGE sql AS $$$$;

CREATE FUNCTION memory_language(given text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
  words CONSTANT tsvector := to_tsvector('simple', left(given, 2000));
  every CONSTANT int := length(words);
  times int;
  best int := 0;
  found text;
BEGIN
  times := every - length(ts_delete(words, '{the,of,and,my,our,your,with,this,that,they,you,it,to,for,have,has,is,are,were,what,where,when,who,how,does,did,which,why,not,from,by,be,been,i,we,at,on,or,but,his,her,their,a}'::text[]));
  IF times > best THEN
    best := times;
    found := 'english';
  ELSIF times = best THEN
    found := NULL;
  END IF;
  times := every - length(ts_delete(words, '{der,das,und,ist,nicht,ich,wir,ein,eine,einen,einem,einer,vom,zum,zur,mit,für,auf,bei,dem,sind,wird,wurde,wo,wer,wann,wie,welche,welcher,welches,oder,auch,noch,nach,aus,über,unser,unsere,mein,meine,meinen,kein,keine,im,die,den,hat,habe,haben,hast,warum,wieviel,sich,als,beim}'::text[]));
  IF times > best THEN
    best := times;
    found := 'german';
  ELSIF times = best THEN
    found := NULL;
  END IF;
  times := every - length(ts_delete(words, '{le,la,les,une,est,dans,pour,avec,sur,pas,qui,que,où,du,au,aux,ce,cette,mon,ma,mes,nous,vous,je,il,elle,sont,chez,et,quand,combien,des,un,quel,quelle,comment,notre,en,de}'::text[]));
  IF times > best THEN
    best := times;
    found := 'french';
  ELSIF times = best THEN
    found := NULL;
  END IF;
  times := every - length(ts_delete(words, '{el,la,los,las,una,un,está,es,con,para,por,del,mi,mis,nuestro,nuestra,que,dónde,cuándo,quién,cuánto,qué,cómo,en,se,su,y,pero,muy,son,de,al,tiene}'::text[]));
  IF times > best THEN
    best := times;
    found := 'spanish';
  ELSIF times = best THEN
    found := NULL;
  END IF;
  times := every - length(ts_delete(words, '{il,lo,la,gli,di,che,è,una,un,per,con,della,del,nel,sono,dove,quando,chi,quanto,mio,mia,nostro,non,si,da,alla,dei}'::text[]));
  IF times > best THEN
    best := times;
    found := 'italian';
  ELSIF times = best THEN
    found := NULL;
  END IF;
  times := every - length(ts_delete(words, '{o,os,a,as,uma,um,não,com,para,em,do,da,dos,das,está,onde,quem,quando,quanto,meu,minha,nosso,que,é,de,no,na}'::text[]));
  IF times > best THEN
    best := times;
    found := 'portuguese';
  ELSIF times = best THEN
    found := NULL;
  END IF;
  times := every - length(ts_delete(words, '{het,een,van,niet,voor,met,zijn,waar,wie,wat,wanneer,mijn,onze,ook,maar,naar,de,is,en,ik,wij,op,bij,hoe}'::text[]));
  IF times > best THEN
    best := times;
    found := 'dutch';
  ELSIF times = best THEN
    found := NULL;
  END IF;
  -- Null where two are as likely, since the text may be either, and where there is no small word.
  RETURN found;
END
$$;

CREATE FUNCTION memory_pairs(given text) RETURNS text[] LANGUAGE sql AS $$$$;

CREATE FUNCTION memory_question(given text) RETURNS tsvector LANGUAGE plpgsql AS $$
DECLARE
  terms tsvector := memory_terms(given);
BEGIN
  IF memory_language(given) = 'english' THEN
    RETURN terms;
  END IF;
  RETURN terms || ts_delete(to_tsvector('simple', left(given, 100000)), tsvector_to_array(terms));
END
$$;

CREATE FUNCTION memory_spell() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.prepared OR NEW.redacted_hash = md5(NEW.content) THEN
    NEW.search := memory_terms(coalesce(NEW.title || E'\n', '') || NEW.content)
      || memory_day_word(coalesce(NEW.day, (NEW.created_at AT TIME ZONE 'UTC')::date));
  ELSE
    NEW.search := '';
  END IF;
  NEW.spelling := 2;
  RETURN NEW;
END
$$;

CREATE FUNCTION memory_terms(given text) RETURNS tsvector LANGUAGE plpgsql AS $$
DECLARE
  whole text := left(given, 100000);
  codes tsvector;
  stems tsvector;
  language text;
  is_plain CONSTANT boolean := octet_length(whole) = length(whole);
  foreign_words CONSTANT tsquery := 'al | alla | als | as | au | auch | auf | aus | aux | avec | bei | beim | bij | ce | cette | che | chez | chi | com | combien | comment | con | da | dans | das | de | dei | del | della | dem | den | der | des | di | die | do | dos | dove | du | een | ein | eine | einem | einen | einer | el | elle | em | en | es | est | et | gli | habe | haben | hast | hat | het | hoe | ich | ik | il | im | ist | je | kein | keine | la | las | le | les | lo | los | ma | maar | mein | meine | meinen | mes | met | meu | mi | mia | mijn | minha | mio | mis | mit | mon | muy | na | naar | nach | nel | nicht | niet | no | noch | non | nosso | nostro | notre | nous | nuestra | nuestro | o | oder | onde | onze | ook | op | os | para | pas | per | pero | por | pour | quand | quando | quanto | que | quel | quelle | quem | qui | se | si | sich | sind | son | sono | sont | su | sur | tiene | um | uma | un | una | und | une | unser | unsere | van | vom | voor | vous | waar | wann | wanneer | warum | wat | welche | welcher | welches | wer | wie | wieviel | wij | wir | wird | wo | wurde | y | zijn | zum | zur'::tsquery;
BEGIN
  IF NOT is_plain AND whole ~ '[\uff00-\uffef]' THEN
    whole := normalize(whole, NFKC);
  END IF;
  IF whole ~ '[0-9]' THEN
    codes := array_to_tsvector(memory_codes(whole));
  ELSE
    codes := '';
  END IF;
  -- Without a small word that only another language has, it is English, or may be: the usual case at a tenth of the time.
  IF is_plain AND NOT to_tsvector('simple', left(whole, 2000)) @@ foreign_words THEN
    RETURN to_tsvector('english', whole) || codes;
  END IF;
  -- Only Latin letters.
  IF is_plain OR whole !~ '[\u0370-\u1fff\u2c00-\ua71f\ua800-\uab2f\uab70-\ufdff\ufe70-\uffef]' THEN
    language := memory_language(whole);
    -- A title or a few words in plain letters are taken for English, as ever; a question about them is not (memory_question).
    IF language = 'english' OR (language IS NULL AND is_plain) THEN
      RETURN to_tsvector('english', whole) || codes;
    END IF;
    stems := to_tsvector(coalesce(language, 'english')::regconfig, whole);
    -- A word that is its own stem counts once.
    RETURN stems || ts_delete(to_tsvector('simple', whole), tsvector_to_array(stems)) || codes;
  END IF;
  codes := codes || array_to_tsvector(memory_pairs(whole));
  IF whole ~ '[\u0620-\u06ff]' THEN
    codes := codes || to_tsvector('arabic', whole) || array_to_tsvector(memory_arabic(whole));
  END IF;
  IF whole ~ '[\u0400-\u052f]' THEN
    codes := codes || to_tsvector('russian', whole);
  END IF;
  IF whole ~ '[\u0370-\u03ff]' THEN
    codes := codes || to_tsvector('greek', whole);
  END IF;
  whole := regexp_replace(whole, '[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005-\u3007\u3041-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff66-\uff9f]+', ' ', 'g');
  stems := to_tsvector('english', whole);
  RETURN stems || ts_delete(to_tsvector('simple', whole), tsvector_to_array(stems)) || codes;
END
$$;

CREATE FUNCTION memory_text_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO memory_text_changes (search, delta)
    SELECT search, delta FROM (VALUES (OLD.search, -1), (NEW.search, 1)) AS change (search, delta) WHERE search <> '';
  RETURN NULL;
END
$$;

CREATE FUNCTION memory_texts_added() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO memory_text_changes (search, delta) SELECT search, 1 FROM added WHERE search <> '';
  RETURN NULL;
END
$$;

CREATE FUNCTION memory_texts_removed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO memory_text_changes (search, delta) SELECT search, -1 FROM removed WHERE search <> '';
  RETURN NULL;
END
$$;

CREATE FUNCTION memory_texts_truncated() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM memory_text_changes;
  DELETE FROM memory_lexemes;
  UPDATE memory_corpus SET documents = 0, lexemes = 0;
  RETURN NULL;
END
$$;

CREATE FUNCTION wish_drafts_stay() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'version % of wish % is finished and cannot be rewritten', OLD.version, OLD.wish_id
    USING ERRCODE = 'check_violation', CONSTRAINT = 'wish_drafts_stay';
END $$;

CREATE TABLE activity_log (
  id bigint GENERATED ALWAYS AS IDENTITY NOT NULL,
  at timestamp with time zone NOT NULL,
  actor text NOT NULL,
  action text NOT NULL,
  summary text NOT NULL,
  event_id bigint,
  task_id bigint,
  detail jsonb,
  CONSTRAINT activity_log_pkey PRIMARY KEY (id)
);
CREATE INDEX activity_log_at_idx ON public.activity_log USING btree (at);
CREATE INDEX activity_log_notified_idx ON public.activity_log USING btree (at) WHERE (action = 'owner.notified'::text);
CREATE INDEX activity_log_spend_idx ON public.activity_log USING btree (id) WHERE (actor = 'spend'::text);
CREATE INDEX activity_log_task_idx ON public.activity_log USING btree (task_id) WHERE (task_id IS NOT NULL);

CREATE TABLE agent_failures (
  id bigint GENERATED ALWAYS AS IDENTITY NOT NULL,
  agent text NOT NULL,
  at timestamp with time zone NOT NULL,
  kind text NOT NULL,
  reason text NOT NULL,
  task_id bigint,
  over_at timestamp with time zone,
  CONSTRAINT agent_failures_pkey PRIMARY KEY (id),
  CONSTRAINT agent_failures_agent_short CHECK ((length(agent) <= 64)),
  CONSTRAINT agent_failures_kind_short CHECK ((length(kind) <= 64)),
  CONSTRAINT agent_failures_reason_short CHECK ((length(reason) <= 2000))
);
CREATE INDEX agent_failures_agent_idx ON public.agent_failures USING btree (agent, id DESC);

CREATE TABLE config (
  key text NOT NULL,
  value jsonb NOT NULL,
  updated_at timestamp with time zone NOT NULL,
  updated_by text NOT NULL,
  CONSTRAINT config_pkey PRIMARY KEY (key)
);

CREATE TABLE conversation_marks (
  conversation text NOT NULL,
  title text,
  pinned_at timestamp with time zone,
  hidden_until bigint,
  updated_at timestamp with time zone NOT NULL,
  CONSTRAINT conversation_marks_pkey PRIMARY KEY (conversation),
  CONSTRAINT conversation_marks_title_short CHECK (((length(title) >= 1) AND (length(title) <= 120)))
);

CREATE TABLE conversation_reads (
  conversation text NOT NULL,
  read_until timestamp with time zone NOT NULL,
  CONSTRAINT conversation_reads_pkey PRIMARY KEY (conversation)
);

CREATE TABLE conversations (
  id text NOT NULL,
  session_id text,
  cost_high_water_usd numeric(12,6) DEFAULT 0 NOT NULL,
  created_at timestamp with time zone NOT NULL,
  last_used_at timestamp with time zone NOT NULL,
  usage_high_water jsonb DEFAULT '{}'::jsonb NOT NULL,
  works_in text,
  agent text,
  CONSTRAINT conversations_pkey PRIMARY KEY (id),
  CONSTRAINT conversations_session_id_short CHECK ((length(session_id) <= 200))
);
CREATE INDEX conversations_last_used_idx ON public.conversations USING btree (last_used_at);

CREATE TABLE deliveries (
  id bigint GENERATED ALWAYS AS IDENTITY NOT NULL,
  channel text NOT NULL,
  address text NOT NULL,
  kind text NOT NULL,
  subject text NOT NULL,
  token text DEFAULT "left"(translate((gen_random_uuid())::text, '-'::text, ''::text), 20) NOT NULL,
  body jsonb NOT NULL,
  event_id bigint,
  task_id bigint,
  state text DEFAULT 'pending'::text NOT NULL,
  attempts integer DEFAULT 0 NOT NULL,
  failures integer DEFAULT 0 NOT NULL,
  may_have_arrived boolean DEFAULT false NOT NULL,
  created_at timestamp with time zone NOT NULL,
  queued_at timestamp with time zone NOT NULL,
  due_at timestamp with time zone NOT NULL,
  worker uuid,
  lease_until timestamp with time zone,
  answer jsonb,
  reason text,
  ended_at timestamp with time zone,
  CONSTRAINT deliveries_pkey PRIMARY KEY (id),
  CONSTRAINT deliveries_once_an_address UNIQUE (channel, address, subject),
  CONSTRAINT deliveries_failed_has_reason CHECK (((state <> 'failed'::text) OR (reason IS NOT NULL))),
  CONSTRAINT deliveries_kind_known CHECK ((kind = ANY (ARRAY['reply'::text, 'news'::text]))),
  CONSTRAINT deliveries_open_has_no_end CHECK (((state = ANY (ARRAY['pending'::text, 'sending'::text])) = (ended_at IS NULL))),
  CONSTRAINT deliveries_sending_has_worker CHECK (((state <> 'sending'::text) OR ((worker IS NOT NULL) AND (lease_until IS NOT NULL)))),
  CONSTRAINT deliveries_state_known CHECK ((state = ANY (ARRAY['pending'::text, 'sending'::text, 'delivered'::text, 'failed'::text, 'dropped'::text])))
);
CREATE INDEX deliveries_due_idx ON public.deliveries USING btree (due_at) WHERE (state = 'pending'::text);
CREATE INDEX deliveries_ended_idx ON public.deliveries USING btree (ended_at) WHERE (ended_at IS NOT NULL);
CREATE INDEX deliveries_failed_idx ON public.deliveries USING btree (id) WHERE (state = 'failed'::text);
CREATE INDEX deliveries_open_idx ON public.deliveries USING btree (channel, address, id) WHERE (state = ANY (ARRAY['pending'::text, 'sending'::text]));

CREATE TABLE delivery_channels (
  name text NOT NULL,
  owner_address text,
  worker uuid NOT NULL,
  seen_at timestamp with time zone NOT NULL,
  paused_until timestamp with time zone,
  failures integer DEFAULT 0 NOT NULL,
  problem text,
  CONSTRAINT delivery_channels_pkey PRIMARY KEY (name)
);

CREATE TABLE discord_bots (
  bot_id text NOT NULL,
  owner_id text,
  paired_at timestamp with time zone,
  commands_hash text,
  holder uuid,
  holder_host text,
  held_since timestamp with time zone,
  held_until timestamp with time zone,
  CONSTRAINT discord_bots_pkey PRIMARY KEY (bot_id)
);

CREATE TABLE discord_cards (
  id bigint GENERATED ALWAYS AS IDENTITY NOT NULL,
  kind text NOT NULL,
  subject_id bigint NOT NULL,
  channel_id text NOT NULL,
  nonce text NOT NULL,
  message_id text,
  version text NOT NULL,
  created_at timestamp with time zone NOT NULL,
  settled_at timestamp with time zone,
  CONSTRAINT discord_cards_pkey PRIMARY KEY (id),
  CONSTRAINT discord_cards_once_a_subject UNIQUE (kind, subject_id)
);
CREATE INDEX discord_cards_open_idx ON public.discord_cards USING btree (id) WHERE (settled_at IS NULL);

CREATE TABLE discord_channels (
  channel_id text NOT NULL,
  bot_id text NOT NULL,
  user_id text NOT NULL,
  cursor text,
  batch_until text,
  CONSTRAINT discord_channels_pkey PRIMARY KEY (channel_id),
  CONSTRAINT discord_channels_of_a_user UNIQUE (bot_id, user_id)
);

CREATE TABLE discord_drafts (
  task_id bigint NOT NULL,
  channel_id text NOT NULL,
  nonce text NOT NULL,
  message_id text,
  created_at timestamp with time zone NOT NULL,
  CONSTRAINT discord_drafts_pkey PRIMARY KEY (task_id)
);

CREATE TABLE discord_identifies (
  id bigint GENERATED ALWAYS AS IDENTITY NOT NULL,
  bot_id text NOT NULL,
  at timestamp with time zone NOT NULL,
  CONSTRAINT discord_identifies_pkey PRIMARY KEY (id)
);
CREATE INDEX discord_identifies_idx ON public.discord_identifies USING btree (bot_id, at);

CREATE TABLE discord_pairings (
  code text NOT NULL,
  bot_id text NOT NULL,
  user_id text NOT NULL,
  user_name text NOT NULL,
  channel_id text NOT NULL,
  created_at timestamp with time zone NOT NULL,
  expires_at timestamp with time zone NOT NULL,
  CONSTRAINT discord_pairings_pkey PRIMARY KEY (code),
  CONSTRAINT discord_pairings_once_a_user UNIQUE (bot_id, user_id)
);

CREATE TABLE embedding_models (
  id integer GENERATED ALWAYS AS IDENTITY NOT NULL,
  name text NOT NULL,
  dimensions integer NOT NULL,
  indexed boolean DEFAULT false NOT NULL,
  created_at timestamp with time zone NOT NULL,
  last_used_at timestamp with time zone,
  CONSTRAINT embedding_models_pkey PRIMARY KEY (id),
  CONSTRAINT embedding_models_name_dimensions_key UNIQUE (name, dimensions),
  CONSTRAINT embedding_models_dimensions_indexable CHECK (((dimensions >= 1) AND (dimensions <= 2000)))
);

CREATE TABLE entities (
  id bigint GENERATED ALWAYS AS IDENTITY NOT NULL,
  kind text NOT NULL,
  canonical text NOT NULL,
  name text NOT NULL,
  aliases text[] DEFAULT '{}'::text[] NOT NULL,
  detail jsonb DEFAULT '{}'::jsonb NOT NULL,
  trust text NOT NULL,
  mentions integer DEFAULT 1 NOT NULL,
  evidence jsonb DEFAULT '[]'::jsonb NOT NULL,
  first_seen_at timestamp with time zone NOT NULL,
  last_seen_at timestamp with time zone NOT NULL,
  taught boolean DEFAULT false NOT NULL,
  CONSTRAINT entities_pkey PRIMARY KEY (id),
  CONSTRAINT entities_kind_canonical_key UNIQUE (kind, canonical),
  CONSTRAINT entities_kind_known CHECK ((kind = ANY (ARRAY['person'::text, 'organisation'::text, 'place'::text, 'host'::text, 'service'::text, 'repository'::text, 'url'::text, 'email'::text, 'ip'::text, 'version'::text, 'other'::text]))),
  CONSTRAINT entities_mentions_not_negative CHECK ((mentions >= 0)),
  CONSTRAINT entities_trust_known CHECK ((trust = ANY (ARRAY['owner'::text, 'local'::text, 'untrusted'::text])))
);
CREATE INDEX entities_aliases_idx ON public.entities USING gin (aliases);
CREATE INDEX entities_last_seen_idx ON public.entities USING btree (last_seen_at);
CREATE INDEX entities_mentions_idx ON public.entities USING btree (mentions DESC, id);
CREATE INDEX entities_name_trgm_idx ON public.entities USING gin (name gin_trgm_ops);

CREATE TABLE entity_links (
  subject_id bigint NOT NULL,
  predicate text NOT NULL,
  object_id bigint NOT NULL,
  origin text NOT NULL,
  origin_id bigint NOT NULL,
  event_id bigint,
  trust text NOT NULL,
  snippet text NOT NULL,
  at timestamp with time zone NOT NULL,
  CONSTRAINT entity_links_pkey PRIMARY KEY (subject_id, predicate, object_id, origin, origin_id),
  CONSTRAINT entity_links_object_id_fkey FOREIGN KEY (object_id) REFERENCES entity_names(id) ON DELETE CASCADE,
  CONSTRAINT entity_links_subject_id_fkey FOREIGN KEY (subject_id) REFERENCES entity_names(id) ON DELETE CASCADE,
  CONSTRAINT entity_links_not_to_itself CHECK ((subject_id <> object_id)),
  CONSTRAINT entity_links_origin_known CHECK ((origin = ANY (ARRAY['memory'::text, 'task'::text, 'event'::text]))),
  CONSTRAINT entity_links_snippet_bounded CHECK ((length(snippet) <= 200)),
  CONSTRAINT entity_links_trust_known CHECK ((trust = ANY (ARRAY['owner'::text, 'local'::text, 'untrusted'::text])))
);
CREATE INDEX entity_links_object_idx ON public.entity_links USING btree (object_id);
CREATE INDEX entity_links_origin_idx ON public.entity_links USING btree (origin, origin_id);

CREATE TABLE entity_mentions (
  name_id bigint NOT NULL,
  origin text NOT NULL,
  origin_id bigint NOT NULL,
  event_id bigint,
  trust text NOT NULL,
  snippet text NOT NULL,
  at timestamp with time zone NOT NULL,
  CONSTRAINT entity_mentions_pkey PRIMARY KEY (name_id, origin, origin_id),
  CONSTRAINT entity_mentions_name_id_fkey FOREIGN KEY (name_id) REFERENCES entity_names(id) ON DELETE CASCADE,
  CONSTRAINT entity_mentions_origin_known CHECK ((origin = ANY (ARRAY['memory'::text, 'task'::text, 'event'::text]))),
  CONSTRAINT entity_mentions_snippet_bounded CHECK ((length(snippet) <= 200)),
  CONSTRAINT entity_mentions_trust_known CHECK ((trust = ANY (ARRAY['owner'::text, 'local'::text, 'untrusted'::text])))
);
CREATE INDEX entity_mentions_latest_idx ON public.entity_mentions USING btree (name_id, at DESC);
CREATE INDEX entity_mentions_origin_idx ON public.entity_mentions USING btree (origin, origin_id);

CREATE TABLE entity_names (
  id bigint GENERATED ALWAYS AS IDENTITY NOT NULL,
  entity_id bigint,
  kind text NOT NULL,
  key text NOT NULL,
  name text NOT NULL,
  taught boolean DEFAULT false NOT NULL,
  CONSTRAINT entity_names_pkey PRIMARY KEY (id),
  CONSTRAINT entity_names_kind_key_key UNIQUE (kind, key),
  CONSTRAINT entity_names_entity_id_fkey FOREIGN KEY (entity_id) REFERENCES entities(id) ON DELETE CASCADE
);
CREATE INDEX entity_names_entity_idx ON public.entity_names USING btree (entity_id);
CREATE INDEX entity_names_key_idx ON public.entity_names USING btree (key);
CREATE INDEX entity_names_key_trgm_idx ON public.entity_names USING gin (key gin_trgm_ops);

CREATE TABLE entity_relations (
  id bigint GENERATED ALWAYS AS IDENTITY NOT NULL,
  subject_id bigint NOT NULL,
  predicate text NOT NULL,
  object_id bigint NOT NULL,
  trust text NOT NULL,
  mentions integer DEFAULT 1 NOT NULL,
  evidence jsonb DEFAULT '[]'::jsonb NOT NULL,
  first_seen_at timestamp with time zone NOT NULL,
  last_seen_at timestamp with time zone NOT NULL,
  weight real DEFAULT 0 NOT NULL,
  CONSTRAINT entity_relations_pkey PRIMARY KEY (id),
  CONSTRAINT entity_relations_triple_key UNIQUE (subject_id, predicate, object_id),
  CONSTRAINT entity_relations_object_id_fkey FOREIGN KEY (object_id) REFERENCES entities(id) ON DELETE CASCADE,
  CONSTRAINT entity_relations_subject_id_fkey FOREIGN KEY (subject_id) REFERENCES entities(id) ON DELETE CASCADE,
  CONSTRAINT entity_relations_mentions_positive CHECK ((mentions > 0)),
  CONSTRAINT entity_relations_not_to_itself CHECK ((subject_id <> object_id)),
  CONSTRAINT entity_relations_trust_known CHECK ((trust = ANY (ARRAY['owner'::text, 'local'::text, 'untrusted'::text])))
);
CREATE INDEX entity_relations_object_idx ON public.entity_relations USING btree (object_id);
CREATE INDEX entity_relations_weight_idx ON public.entity_relations USING btree (weight DESC, id);

CREATE TABLE events (
  id bigint NOT NULL,
  priority smallint NOT NULL,
  source text NOT NULL,
  category text NOT NULL,
  payload text NOT NULL,
  occurred_at timestamp with time zone NOT NULL,
  received_at timestamp with time zone NOT NULL,
  route text NOT NULL,
  rule text NOT NULL,
  status text NOT NULL,
  reason text,
  reply text,
  conversation text,
  dedup_key text,
  CONSTRAINT events_pkey PRIMARY KEY (id),
  CONSTRAINT events_priority_known CHECK (((priority >= 0) AND (priority <= 5))),
  CONSTRAINT events_status_known CHECK ((status = ANY (ARRAY['task'::text, 'done'::text, 'dropped'::text, 'failed'::text, 'dead'::text])))
);
CREATE INDEX events_conversation_idx ON public.events USING btree (conversation, id) WHERE (conversation IS NOT NULL);
CREATE UNIQUE INDEX events_dedup_key_key ON public.events USING btree (dedup_key) WHERE (dedup_key IS NOT NULL);
CREATE INDEX events_digest_idx ON public.events USING btree (id) WHERE (route = 'reflex:digest'::text);
CREATE INDEX events_mail_idx ON public.events USING btree (id) WHERE (category = 'mail'::text);
CREATE INDEX events_open_idx ON public.events USING btree (id) WHERE (status = ANY (ARRAY['task'::text, 'failed'::text, 'dead'::text]));
CREATE INDEX events_received_idx ON public.events USING brin (received_at);
CREATE TRIGGER graph_events_gone AFTER DELETE ON events REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION graph_note_events_gone();

CREATE TABLE finding_detectors (
  kind text NOT NULL,
  dismissals integer DEFAULT 0 NOT NULL,
  dismissed_weight double precision DEFAULT 0 NOT NULL,
  looked_at timestamp with time zone,
  took_ms integer,
  problem text,
  held integer DEFAULT 0 NOT NULL,
  CONSTRAINT finding_detectors_pkey PRIMARY KEY (kind),
  CONSTRAINT finding_detectors_not_negative CHECK (((LEAST(dismissals, held) >= 0) AND (dismissed_weight >= (0)::double precision)))
);

CREATE TABLE first_steps (
  dismissed boolean DEFAULT true NOT NULL,
  dismissed_at timestamp with time zone NOT NULL,
  CONSTRAINT first_steps_pkey PRIMARY KEY (dismissed),
  CONSTRAINT first_steps_single CHECK (dismissed)
);

CREATE TABLE fleet_alerts (
  machine_id bigint NOT NULL,
  kind text NOT NULL,
  since timestamp with time zone NOT NULL,
  text text NOT NULL,
  told_id bigint,
  reminded_at timestamp with time zone,
  CONSTRAINT fleet_alerts_pkey PRIMARY KEY (machine_id, kind),
  CONSTRAINT fleet_alerts_machine_id_fkey FOREIGN KEY (machine_id) REFERENCES machines(id) ON DELETE CASCADE
);

CREATE TABLE fleet_events (
  id bigint GENERATED ALWAYS AS IDENTITY NOT NULL,
  machine_id bigint,
  at timestamp with time zone NOT NULL,
  category text NOT NULL,
  priority text NOT NULL,
  before text,
  state text,
  text text NOT NULL,
  detail jsonb DEFAULT '{}'::jsonb NOT NULL,
  muted text,
  put_at timestamp with time zone,
  CONSTRAINT fleet_events_pkey PRIMARY KEY (id),
  CONSTRAINT fleet_events_machine_id_fkey FOREIGN KEY (machine_id) REFERENCES machines(id) ON DELETE CASCADE,
  CONSTRAINT fleet_events_muted_is_not_put CHECK (((muted IS NULL) OR (put_at IS NULL))),
  CONSTRAINT fleet_events_priority_known CHECK ((priority = ANY (ARRAY['URGENT'::text, 'HIGH'::text, 'NORMAL'::text, 'LOW'::text, 'IDLE'::text])))
);
CREATE INDEX fleet_events_at_idx ON public.fleet_events USING btree (at);
CREATE INDEX fleet_events_machine_idx ON public.fleet_events USING btree (machine_id, at DESC);
CREATE INDEX fleet_events_to_put_idx ON public.fleet_events USING btree (id) WHERE ((muted IS NULL) AND (put_at IS NULL));

CREATE TABLE fleet_reports (
  id bigint GENERATED ALWAYS AS IDENTITY NOT NULL,
  machine_id bigint NOT NULL,
  at timestamp with time zone NOT NULL,
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
  CONSTRAINT fleet_reports_pkey PRIMARY KEY (id),
  CONSTRAINT fleet_reports_machine_id_fkey FOREIGN KEY (machine_id) REFERENCES machines(id) ON DELETE CASCADE,
  CONSTRAINT fleet_reports_state_known CHECK ((state = ANY (ARRAY['up'::text, 'degraded'::text, 'down'::text]))),
  CONSTRAINT fleet_reports_trouble_has_reason CHECK (((state = 'up'::text) OR (reason IS NOT NULL)))
);
CREATE INDEX fleet_reports_at_idx ON public.fleet_reports USING btree (at);
CREATE INDEX fleet_reports_machine_idx ON public.fleet_reports USING btree (machine_id, at DESC);

CREATE TABLE fleet_sight (
  worker text NOT NULL,
  blind_since timestamp with time zone,
  reason text,
  gateway_seen_at timestamp with time zone,
  told_id bigint,
  CONSTRAINT fleet_sight_pkey PRIMARY KEY (worker)
);

CREATE TABLE fleet_spans (
  machine_id bigint NOT NULL,
  step_s integer NOT NULL,
  at timestamp with time zone NOT NULL,
  polls integer NOT NULL,
  failed integer NOT NULL,
  figures jsonb NOT NULL,
  CONSTRAINT fleet_spans_pkey PRIMARY KEY (machine_id, step_s, at),
  CONSTRAINT fleet_spans_machine_id_fkey FOREIGN KEY (machine_id) REFERENCES machines(id) ON DELETE CASCADE,
  CONSTRAINT fleet_spans_failed_sane CHECK (((failed >= 0) AND (failed <= polls))),
  CONSTRAINT fleet_spans_step_known CHECK ((step_s = ANY (ARRAY[3600, 86400])))
);
CREATE INDEX fleet_spans_at_idx ON public.fleet_spans USING btree (step_s, at);

CREATE TABLE goal_runs (
  fire_id bigint NOT NULL,
  goal_id bigint NOT NULL,
  terms jsonb NOT NULL,
  dedup_key text NOT NULL,
  event_key text NOT NULL,
  phase text DEFAULT 'condition'::text NOT NULL,
  execution text DEFAULT 'none'::text NOT NULL,
  done_check text DEFAULT 'none'::text NOT NULL,
  delivery text DEFAULT 'none'::text NOT NULL,
  event_id bigint,
  task_id bigint,
  finding text,
  result jsonb,
  reason text,
  words text,
  output text,
  held_until timestamp with time zone,
  told_as text,
  ended_at timestamp with time zone,
  CONSTRAINT goal_runs_pkey PRIMARY KEY (fire_id),
  CONSTRAINT goal_runs_event_key_key UNIQUE (event_key),
  CONSTRAINT goal_runs_fire_fkey FOREIGN KEY (fire_id) REFERENCES job_fires(id) ON DELETE CASCADE,
  CONSTRAINT goal_runs_goal_fkey FOREIGN KEY (goal_id) REFERENCES goals(id) ON DELETE CASCADE,
  CONSTRAINT goal_runs_delivery_known CHECK ((delivery = ANY (ARRAY['none'::text, 'silent'::text, 'held'::text, 'told'::text, 'failed'::text]))),
  CONSTRAINT goal_runs_done_check_known CHECK ((done_check = ANY (ARRAY['none'::text, 'passed'::text, 'failed'::text]))),
  CONSTRAINT goal_runs_execution_known CHECK ((execution = ANY (ARRAY['none'::text, 'unneeded'::text, 'done'::text, 'failed'::text, 'cancelled'::text]))),
  CONSTRAINT goal_runs_held_has_time CHECK (((delivery = 'held'::text) = (held_until IS NOT NULL))),
  CONSTRAINT goal_runs_phase_known CHECK ((phase = ANY (ARRAY['condition'::text, 'event'::text, 'waiting'::text, 'check'::text, 'ended'::text])))
);
CREATE INDEX goal_runs_goal_idx ON public.goal_runs USING btree (goal_id, fire_id);
CREATE INDEX goal_runs_held_idx ON public.goal_runs USING btree (held_until) WHERE (held_until IS NOT NULL);

CREATE TABLE goals (
  id bigint GENERATED ALWAYS AS IDENTITY NOT NULL,
  name text NOT NULL,
  schedule text,
  time_zone text NOT NULL,
  prompt text,
  reflex text,
  missed_run text DEFAULT 'skip'::text NOT NULL,
  enabled boolean DEFAULT true NOT NULL,
  failures_in_a_row integer DEFAULT 0 NOT NULL,
  paused_reason text,
  created_at timestamp with time zone NOT NULL,
  updated_at timestamp with time zone NOT NULL,
  spoken text,
  every_ms bigint,
  anchor timestamp with time zone,
  due_at timestamp with time zone,
  since timestamp with time zone DEFAULT now() NOT NULL,
  conversation text,
  category text DEFAULT 'goal'::text NOT NULL,
  priority smallint DEFAULT 3 NOT NULL,
  model text,
  budget_usd numeric(12,6),
  timeout_ms bigint DEFAULT 1800000 NOT NULL,
  missed_window_ms bigint DEFAULT 86400000 NOT NULL,
  missed_cap integer DEFAULT 10 NOT NULL,
  overlap text DEFAULT 'skip'::text NOT NULL,
  jitter_ms bigint DEFAULT 0 NOT NULL,
  quiet text,
  condition text,
  kept_state bytea,
  done_check text,
  done_schema jsonb,
  last_success_at timestamp with time zone,
  made_by text DEFAULT 'cli'::text NOT NULL,
  trust text DEFAULT 'owner'::text NOT NULL,
  declared_by uuid,
  removed_at timestamp with time zone,
  agent text,
  CONSTRAINT goals_pkey PRIMARY KEY (id),
  CONSTRAINT goals_agent_short CHECK ((length(agent) <= 64)),
  CONSTRAINT goals_done_by_one CHECK ((num_nonnulls(done_check, done_schema) <= 1)),
  CONSTRAINT goals_every_has_anchor CHECK (((every_ms IS NULL) = (anchor IS NULL))),
  CONSTRAINT goals_failures_not_negative CHECK ((failures_in_a_row >= 0)),
  CONSTRAINT goals_kept_state_short CHECK ((octet_length(kept_state) <= 16384)),
  CONSTRAINT goals_missed_run_known CHECK ((missed_run = ANY (ARRAY['skip'::text, 'once'::text, 'all'::text]))),
  CONSTRAINT goals_one_schedule CHECK ((num_nonnulls(schedule, every_ms, due_at) = 1)),
  CONSTRAINT goals_overlap_known CHECK ((overlap = ANY (ARRAY['skip'::text, 'queue'::text, 'cancel-other'::text]))),
  CONSTRAINT goals_paused_is_disabled CHECK (((paused_reason IS NULL) OR (NOT enabled))),
  CONSTRAINT goals_priority_known CHECK (((priority >= 1) AND (priority <= 5))),
  CONSTRAINT goals_prompt_or_reflex CHECK ((num_nonnulls(prompt, reflex) = 1)),
  CONSTRAINT goals_trust_known CHECK ((trust = ANY (ARRAY['owner'::text, 'local'::text])))
);
CREATE INDEX goals_declared_idx ON public.goals USING btree (declared_by) WHERE (declared_by IS NOT NULL);
CREATE UNIQUE INDEX goals_name_key ON public.goals USING btree (name) WHERE (removed_at IS NULL);

CREATE TABLE graph_pending (
  origin text NOT NULL,
  origin_id bigint NOT NULL,
  turn integer DEFAULT 1 NOT NULL,
  attempts smallint DEFAULT 0 NOT NULL,
  "position" bigint GENERATED ALWAYS AS IDENTITY NOT NULL,
  CONSTRAINT graph_pending_pkey PRIMARY KEY (origin, origin_id)
);
CREATE INDEX graph_pending_position_idx ON public.graph_pending USING btree ("position");

CREATE TABLE import_items (
  hash text NOT NULL,
  import_id bigint NOT NULL,
  CONSTRAINT import_items_pkey PRIMARY KEY (hash),
  CONSTRAINT import_items_import_id_fkey FOREIGN KEY (import_id) REFERENCES imports(id) ON DELETE CASCADE,
  CONSTRAINT import_items_hash_is_sha256 CHECK ((hash ~ '^[0-9a-f]{64}$'::text))
);
CREATE INDEX import_items_import_idx ON public.import_items USING btree (import_id);

CREATE TABLE imports (
  id bigint GENERATED ALWAYS AS IDENTITY NOT NULL,
  at timestamp with time zone NOT NULL,
  kind text NOT NULL,
  origin text NOT NULL,
  undone_at timestamp with time zone,
  CONSTRAINT imports_pkey PRIMARY KEY (id),
  CONSTRAINT imports_kind_known CHECK ((kind = ANY (ARRAY['chatgpt'::text, 'claude'::text, 'markdown'::text]))),
  CONSTRAINT imports_origin_short CHECK ((length(origin) <= 4096))
);

CREATE TABLE job_cursors (
  job_id text NOT NULL,
  kind text NOT NULL,
  definition text NOT NULL,
  considered_until timestamp with time zone NOT NULL,
  cut_off boolean DEFAULT false NOT NULL,
  seen_at timestamp with time zone NOT NULL,
  CONSTRAINT job_cursors_pkey PRIMARY KEY (job_id),
  CONSTRAINT job_cursors_id_short CHECK ((length(job_id) <= 300))
);

CREATE TABLE job_fires (
  id bigint GENERATED ALWAYS AS IDENTITY NOT NULL,
  job_id text NOT NULL,
  kind text NOT NULL,
  nominal_at timestamp with time zone NOT NULL,
  last_at timestamp with time zone,
  instants bigint DEFAULT 1,
  by_hand boolean DEFAULT false NOT NULL,
  made_up boolean DEFAULT false NOT NULL,
  state text NOT NULL,
  reason text,
  worker uuid NOT NULL,
  claimed_at timestamp with time zone NOT NULL,
  due_at timestamp with time zone NOT NULL,
  started_at timestamp with time zone,
  ended_at timestamp with time zone,
  lives integer DEFAULT 0 NOT NULL,
  stop_asked text,
  CONSTRAINT job_fires_pkey PRIMARY KEY (id),
  CONSTRAINT job_fires_once UNIQUE (job_id, nominal_at),
  CONSTRAINT job_fires_id_short CHECK ((length(job_id) <= 300)),
  CONSTRAINT job_fires_not_done_has_reason CHECK (((state = ANY (ARRAY['claimed'::text, 'running'::text, 'done'::text])) OR (reason IS NOT NULL))),
  CONSTRAINT job_fires_only_missed_span CHECK (((state = 'missed'::text) OR ((last_at IS NULL) AND (instants = 1)))),
  CONSTRAINT job_fires_open_has_no_end CHECK (((state = ANY (ARRAY['claimed'::text, 'running'::text])) = (ended_at IS NULL))),
  CONSTRAINT job_fires_running_has_start CHECK (((state <> 'running'::text) OR (started_at IS NOT NULL))),
  CONSTRAINT job_fires_state_known CHECK ((state = ANY (ARRAY['claimed'::text, 'running'::text, 'done'::text, 'failed'::text, 'missed'::text, 'skipped'::text, 'cancelled'::text])))
);
CREATE INDEX job_fires_ended_idx ON public.job_fires USING btree (ended_at) WHERE (ended_at IS NOT NULL);
CREATE INDEX job_fires_nominal_idx ON public.job_fires USING btree (nominal_at);
CREATE INDEX job_fires_open_idx ON public.job_fires USING btree (job_id, nominal_at) WHERE (state = ANY (ARRAY['claimed'::text, 'running'::text]));

CREATE TABLE job_workers (
  worker uuid NOT NULL,
  beat bigint DEFAULT 0 NOT NULL,
  seen_at timestamp with time zone NOT NULL,
  CONSTRAINT job_workers_pkey PRIMARY KEY (worker)
);

CREATE TABLE journals (
  id integer GENERATED ALWAYS AS IDENTITY NOT NULL,
  uuid uuid NOT NULL,
  epoch integer NOT NULL,
  host text NOT NULL,
  created_at timestamp with time zone NOT NULL,
  from_position bigint DEFAULT 0 NOT NULL,
  CONSTRAINT journals_pkey PRIMARY KEY (id),
  CONSTRAINT journals_from_position_positive CHECK ((from_position >= 0)),
  CONSTRAINT journals_id_fits_event_ids CHECK (((id >= 1) AND (id <= 8190)))
);
CREATE INDEX journals_uuid_idx ON public.journals USING btree (uuid, epoch);

CREATE TABLE machines (
  id bigint GENERATED ALWAYS AS IDENTITY NOT NULL,
  name text NOT NULL,
  kind text NOT NULL,
  address text,
  poll_every_ms integer DEFAULT 60000 NOT NULL,
  services text[] DEFAULT '{}'::text[] NOT NULL,
  enabled boolean DEFAULT true NOT NULL,
  state text DEFAULT 'unknown'::text NOT NULL,
  state_since timestamp with time zone NOT NULL,
  last_seen_at timestamp with time zone,
  created_at timestamp with time zone NOT NULL,
  parent text,
  options jsonb DEFAULT '{}'::jsonb NOT NULL,
  worker text,
  declared_by text,
  push_token_hash text,
  reason text,
  memory jsonb DEFAULT '{}'::jsonb NOT NULL,
  report jsonb,
  report_at timestamp with time zone,
  report_before jsonb,
  next_poll_at timestamp with time zone,
  last_told_at timestamp with time zone,
  updated_at timestamp with time zone,
  removed_at timestamp with time zone,
  removed_behind text[],
  CONSTRAINT machines_pkey PRIMARY KEY (id),
  CONSTRAINT machines_kind_known CHECK ((kind = ANY (ARRAY['local'::text, 'ssh'::text, 'http'::text, 'push'::text]))),
  CONSTRAINT machines_name_fits_a_source CHECK ((name ~ '^[A-Za-z0-9][A-Za-z0-9._-]{0,57}$'::text)),
  CONSTRAINT machines_not_its_own_parent CHECK ((parent IS DISTINCT FROM name)),
  CONSTRAINT machines_poll_every_sane CHECK (((poll_every_ms >= 1000) AND (poll_every_ms <= 86400000))),
  CONSTRAINT machines_push_has_token CHECK (((kind = 'push'::text) = (push_token_hash IS NOT NULL))),
  CONSTRAINT machines_remote_has_address CHECK (((kind = ANY (ARRAY['local'::text, 'push'::text])) = (address IS NULL))),
  CONSTRAINT machines_state_known CHECK ((state = ANY (ARRAY['unknown'::text, 'up'::text, 'degraded'::text, 'down'::text, 'unreachable'::text])))
);
CREATE INDEX machines_due_idx ON public.machines USING btree (next_poll_at) WHERE enabled;
CREATE UNIQUE INDEX machines_name_key ON public.machines USING btree (name) WHERE (removed_at IS NULL);
CREATE INDEX machines_parent_idx ON public.machines USING btree (parent) WHERE (parent IS NOT NULL);

CREATE TABLE mail_folders (
  account text NOT NULL,
  folder text NOT NULL,
  mailbox text NOT NULL,
  uid_validity bigint NOT NULL,
  cursor bigint NOT NULL,
  seen_at timestamp with time zone NOT NULL,
  last_message_at timestamp with time zone,
  CONSTRAINT mail_folders_pkey PRIMARY KEY (account, folder)
);

CREATE TABLE mail_seen (
  id bigint GENERATED ALWAYS AS IDENTITY NOT NULL,
  account text NOT NULL,
  fingerprint text NOT NULL,
  at timestamp with time zone NOT NULL,
  taken boolean NOT NULL,
  CONSTRAINT mail_seen_pkey PRIMARY KEY (id),
  CONSTRAINT mail_seen_once UNIQUE (account, fingerprint)
);

CREATE TABLE memory_bundles (
  id bigint GENERATED ALWAYS AS IDENTITY NOT NULL,
  notes text NOT NULL,
  count integer NOT NULL,
  chars integer NOT NULL,
  first_event bigint,
  CONSTRAINT memory_bundles_pkey PRIMARY KEY (id),
  CONSTRAINT memory_bundles_count_positive CHECK ((count > 0))
);

CREATE TABLE memory_corpus (
  one boolean DEFAULT true NOT NULL,
  documents bigint NOT NULL,
  lexemes bigint NOT NULL,
  CONSTRAINT memory_corpus_pkey PRIMARY KEY (one),
  CONSTRAINT memory_corpus_one_row CHECK (one)
);

CREATE TABLE memory_documents (
  id bigint GENERATED ALWAYS AS IDENTITY NOT NULL,
  title text,
  content_hash text NOT NULL,
  trust text NOT NULL,
  chars integer NOT NULL,
  created_at timestamp with time zone NOT NULL,
  chunks integer,
  CONSTRAINT memory_documents_pkey PRIMARY KEY (id),
  CONSTRAINT memory_documents_chars_positive CHECK ((chars > 0)),
  CONSTRAINT memory_documents_chunks_positive CHECK ((chunks > 0)),
  CONSTRAINT memory_documents_trust_known CHECK ((trust = ANY (ARRAY['owner'::text, 'local'::text, 'untrusted'::text])))
);
CREATE INDEX memory_documents_hash_idx ON public.memory_documents USING btree (content_hash);

CREATE TABLE memory_embeddings (
  id bigint GENERATED ALWAYS AS IDENTITY NOT NULL,
  kind text NOT NULL,
  content text NOT NULL,
  content_hash text GENERATED ALWAYS AS (md5(content)) STORED NOT NULL,
  source text NOT NULL,
  trust text NOT NULL,
  importance real DEFAULT 0.5 NOT NULL,
  event_id bigint,
  task_id bigint,
  seen_count integer DEFAULT 1 NOT NULL,
  created_at timestamp with time zone NOT NULL,
  last_seen_at timestamp with time zone NOT NULL,
  origin text DEFAULT 'event'::text NOT NULL,
  title text,
  tags text[] DEFAULT '{}'::text[] NOT NULL,
  conversation text,
  document_id bigint,
  chunk integer,
  pinned boolean DEFAULT false NOT NULL,
  redacted integer DEFAULT 0 NOT NULL,
  prepared boolean DEFAULT false NOT NULL,
  recall_count integer DEFAULT 0 NOT NULL,
  last_recalled_at timestamp with time zone,
  edited_at timestamp with time zone,
  redacted_hash text,
  day date,
  search tsvector DEFAULT ''::tsvector NOT NULL,
  merge_key text,
  things text[] DEFAULT '{}'::text[] NOT NULL,
  replaced_by bigint,
  spelling smallint DEFAULT 2 NOT NULL,
  CONSTRAINT memory_embeddings_pkey PRIMARY KEY (id),
  CONSTRAINT memory_embeddings_document_id_fkey FOREIGN KEY (document_id) REFERENCES memory_documents(id) ON DELETE CASCADE,
  CONSTRAINT memory_embeddings_replaced_by_fkey FOREIGN KEY (replaced_by) REFERENCES memory_embeddings(id) ON DELETE SET NULL,
  CONSTRAINT memory_embeddings_chunk_has_document CHECK (((document_id IS NULL) = (chunk IS NULL))),
  CONSTRAINT memory_embeddings_chunk_not_negative CHECK ((chunk >= 0)),
  CONSTRAINT memory_embeddings_counts_not_negative CHECK ((LEAST(redacted, recall_count) >= 0)),
  CONSTRAINT memory_embeddings_importance_range CHECK (((importance >= (0)::double precision) AND (importance <= (1)::double precision))),
  CONSTRAINT memory_embeddings_kind_known CHECK ((kind = ANY (ARRAY['note'::text, 'fact'::text, 'preference'::text, 'event'::text, 'summary'::text, 'task_result'::text, 'document'::text]))),
  CONSTRAINT memory_embeddings_origin_known CHECK ((origin = ANY (ARRAY['event'::text, 'owner'::text, 'agent'::text, 'extraction'::text, 'task'::text, 'compaction'::text, 'import'::text]))),
  CONSTRAINT memory_embeddings_recalled_has_time CHECK (((recall_count = 0) = (last_recalled_at IS NULL))),
  CONSTRAINT memory_embeddings_replaced_by_another CHECK ((replaced_by <> id)),
  CONSTRAINT memory_embeddings_seen_positive CHECK ((seen_count > 0)),
  CONSTRAINT memory_embeddings_trust_known CHECK ((trust = ANY (ARRAY['owner'::text, 'local'::text, 'untrusted'::text])))
);
CREATE INDEX memory_embeddings_agent_idx ON public.memory_embeddings USING btree (created_at) WHERE (origin = 'agent'::text);
CREATE INDEX memory_embeddings_created_idx ON public.memory_embeddings USING btree (created_at);
CREATE UNIQUE INDEX memory_embeddings_document_chunk_key ON public.memory_embeddings USING btree (document_id, chunk) WHERE (document_id IS NOT NULL);
CREATE INDEX memory_embeddings_event_idx ON public.memory_embeddings USING btree (event_id) WHERE (event_id IS NOT NULL);
CREATE INDEX memory_embeddings_hash_idx ON public.memory_embeddings USING btree (content_hash);
CREATE INDEX memory_embeddings_merge_idx ON public.memory_embeddings USING btree (merge_key) WHERE (merge_key IS NOT NULL);
CREATE INDEX memory_embeddings_replaced_idx ON public.memory_embeddings USING btree (replaced_by) WHERE (replaced_by IS NOT NULL);
CREATE INDEX memory_embeddings_search_idx ON public.memory_embeddings USING gin (search) WITH (gin_pending_list_limit='256');
CREATE INDEX memory_embeddings_spelling_idx ON public.memory_embeddings USING btree (id) WHERE (spelling < 2);
CREATE INDEX memory_embeddings_task_idx ON public.memory_embeddings USING btree (task_id) WHERE (task_id IS NOT NULL);
CREATE INDEX memory_embeddings_things_idx ON public.memory_embeddings USING gin (things) WHERE (things <> '{}'::text[]);
CREATE INDEX memory_embeddings_unkeyed_idx ON public.memory_embeddings USING btree (id) WHERE (prepared AND (merge_key IS NULL) AND (document_id IS NULL));
CREATE INDEX memory_embeddings_unprepared_idx ON public.memory_embeddings USING btree ((
CASE
    WHEN (origin = 'import'::text) THEN 2
    WHEN (trust = 'owner'::text) THEN 0
    ELSE 1
END), id DESC) WHERE (NOT prepared);
CREATE TRIGGER graph_memory_added AFTER INSERT ON memory_embeddings REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION graph_note_added('memory');
CREATE TRIGGER graph_memory_changed AFTER UPDATE OF content, trust, prepared ON memory_embeddings FOR EACH ROW WHEN ((new.prepared AND (((old.content IS DISTINCT FROM new.content) OR (old.trust IS DISTINCT FROM new.trust)) OR (old.prepared IS DISTINCT FROM new.prepared)))) EXECUTE FUNCTION graph_note_row('memory');
CREATE TRIGGER graph_memory_gone AFTER DELETE ON memory_embeddings REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION graph_note_gone('memory');
CREATE TRIGGER memory_embeddings_respelt BEFORE UPDATE ON memory_embeddings FOR EACH ROW WHEN (((NOT (new.search IS DISTINCT FROM old.search)) AND ((old.content IS DISTINCT FROM new.content) OR (old.title IS DISTINCT FROM new.title) OR (old.day IS DISTINCT FROM new.day) OR (old.created_at IS DISTINCT FROM new.created_at) OR ((old.prepared OR COALESCE((old.redacted_hash = md5(old.content)), false)) IS DISTINCT FROM (new.prepared OR COALESCE((new.redacted_hash = md5(new.content)), false))) OR (new.spelling > old.spelling)))) EXECUTE FUNCTION memory_spell();
CREATE TRIGGER memory_embeddings_spelt BEFORE INSERT ON memory_embeddings FOR EACH ROW WHEN ((new.search = ''::tsvector)) EXECUTE FUNCTION memory_spell();
CREATE TRIGGER memory_embeddings_text_changed AFTER UPDATE ON memory_embeddings FOR EACH ROW WHEN ((old.search IS DISTINCT FROM new.search)) EXECUTE FUNCTION memory_text_changed();
CREATE TRIGGER memory_embeddings_texts_added AFTER INSERT ON memory_embeddings REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION memory_texts_added();
CREATE TRIGGER memory_embeddings_texts_removed AFTER DELETE ON memory_embeddings REFERENCING OLD TABLE AS removed FOR EACH STATEMENT EXECUTE FUNCTION memory_texts_removed();
CREATE TRIGGER memory_embeddings_texts_truncated AFTER TRUNCATE ON memory_embeddings FOR EACH STATEMENT EXECUTE FUNCTION memory_texts_truncated();

CREATE TABLE memory_inbox (
  id bigint GENERATED ALWAYS AS IDENTITY NOT NULL,
  likeness uuid NOT NULL,
  kind text NOT NULL,
  content text NOT NULL,
  source text NOT NULL,
  trust text NOT NULL,
  origin text NOT NULL,
  importance real NOT NULL,
  title text,
  tags text[] NOT NULL,
  conversation text,
  event_id bigint NOT NULL,
  seen_count integer NOT NULL,
  created_at timestamp with time zone NOT NULL,
  last_seen_at timestamp with time zone NOT NULL,
  day date NOT NULL,
  CONSTRAINT memory_inbox_pkey PRIMARY KEY (id),
  CONSTRAINT memory_inbox_likeness_key UNIQUE (likeness),
  CONSTRAINT memory_inbox_importance_range CHECK (((importance >= (0)::double precision) AND (importance <= (1)::double precision))),
  CONSTRAINT memory_inbox_kind_known CHECK ((kind = ANY (ARRAY['note'::text, 'fact'::text, 'preference'::text, 'event'::text, 'summary'::text, 'task_result'::text, 'document'::text]))),
  CONSTRAINT memory_inbox_origin_known CHECK ((origin = ANY (ARRAY['event'::text, 'owner'::text, 'agent'::text, 'extraction'::text, 'task'::text, 'compaction'::text, 'import'::text]))),
  CONSTRAINT memory_inbox_seen_positive CHECK ((seen_count > 0)),
  CONSTRAINT memory_inbox_trust_known CHECK ((trust = ANY (ARRAY['owner'::text, 'local'::text, 'untrusted'::text])))
);
CREATE INDEX memory_inbox_owner_idx ON public.memory_inbox USING btree (id) WHERE (trust = 'owner'::text);

CREATE TABLE memory_lexemes (
  lexeme text NOT NULL,
  documents integer NOT NULL,
  CONSTRAINT memory_lexemes_pkey PRIMARY KEY (lexeme)
);
CREATE INDEX memory_lexemes_trgm_idx ON public.memory_lexemes USING gin (lexeme gin_trgm_ops) WITH (gin_pending_list_limit='64');

CREATE TABLE memory_text_changes (
  id bigint GENERATED ALWAYS AS IDENTITY NOT NULL,
  search tsvector NOT NULL,
  delta smallint NOT NULL,
  CONSTRAINT memory_text_changes_pkey PRIMARY KEY (id),
  CONSTRAINT memory_text_changes_delta_known CHECK ((delta = ANY (ARRAY['-1'::integer, 1])))
);

CREATE TABLE memory_vectors (
  memory_id bigint NOT NULL,
  model_id integer NOT NULL,
  embedding vector NOT NULL,
  indexed boolean DEFAULT false NOT NULL,
  CONSTRAINT memory_vectors_pkey PRIMARY KEY (memory_id, model_id),
  CONSTRAINT memory_vectors_memory_id_fkey FOREIGN KEY (memory_id) REFERENCES memory_embeddings(id) ON DELETE CASCADE,
  CONSTRAINT memory_vectors_model_id_fkey FOREIGN KEY (model_id) REFERENCES embedding_models(id)
);
CREATE INDEX memory_vectors_unindexed_idx ON ONLY public.memory_vectors USING btree (memory_id) WHERE (NOT indexed);

CREATE TABLE optimization_findings (
  id bigint GENERATED ALWAYS AS IDENTITY NOT NULL,
  kind text NOT NULL,
  fingerprint text NOT NULL,
  severity text NOT NULL,
  summary text NOT NULL,
  evidence jsonb NOT NULL,
  state text DEFAULT 'open'::text NOT NULL,
  seen_count integer DEFAULT 1 NOT NULL,
  first_seen_at timestamp with time zone NOT NULL,
  last_seen_at timestamp with time zone NOT NULL,
  decided_at timestamp with time zone,
  subject text DEFAULT ''::text NOT NULL,
  figures jsonb DEFAULT '[]'::jsonb NOT NULL,
  remedy text DEFAULT ''::text NOT NULL,
  metric jsonb,
  weight double precision DEFAULT 0 NOT NULL,
  decided_weight double precision,
  reason text,
  reopened integer DEFAULT 0 NOT NULL,
  snoozed_until timestamp with time zone,
  gone_at timestamp with time zone,
  CONSTRAINT optimization_findings_pkey PRIMARY KEY (id),
  CONSTRAINT optimization_findings_decided_has_time CHECK (((state = ANY (ARRAY['accepted'::text, 'dismissed'::text])) = (decided_at IS NOT NULL))),
  CONSTRAINT optimization_findings_figures_list CHECK ((jsonb_typeof(figures) = 'array'::text)),
  CONSTRAINT optimization_findings_gone_has_time CHECK (((state = 'gone'::text) = (gone_at IS NOT NULL))),
  CONSTRAINT optimization_findings_kind_shaped CHECK ((kind ~ '^[a-z]+(_[a-z]+){0,5}$'::text)),
  CONSTRAINT optimization_findings_reopened_not_negative CHECK ((reopened >= 0)),
  CONSTRAINT optimization_findings_seen_positive CHECK ((seen_count > 0)),
  CONSTRAINT optimization_findings_severity_known CHECK ((severity = ANY (ARRAY['info'::text, 'warning'::text, 'critical'::text]))),
  CONSTRAINT optimization_findings_snoozed_has_time CHECK (((state = 'snoozed'::text) = (snoozed_until IS NOT NULL))),
  CONSTRAINT optimization_findings_state_known CHECK ((state = ANY (ARRAY['open'::text, 'snoozed'::text, 'gone'::text, 'accepted'::text, 'dismissed'::text]))),
  CONSTRAINT optimization_findings_subject_short CHECK ((length(subject) <= 200)),
  CONSTRAINT optimization_findings_weight_not_negative CHECK ((weight >= (0)::double precision))
);
CREATE INDEX optimization_findings_fingerprint_idx ON public.optimization_findings USING btree (fingerprint, id);
CREATE UNIQUE INDEX optimization_findings_open_key ON public.optimization_findings USING btree (fingerprint) WHERE (state = ANY (ARRAY['open'::text, 'snoozed'::text]));
CREATE INDEX optimization_findings_state_idx ON public.optimization_findings USING btree (state, last_seen_at);

CREATE TABLE owner_notices (
  id bigint GENERATED ALWAYS AS IDENTITY NOT NULL,
  at timestamp with time zone NOT NULL,
  origin text NOT NULL,
  text text NOT NULL,
  task_id bigint,
  seen_at timestamp with time zone,
  alarmed_at timestamp with time zone,
  put_off_until timestamp with time zone,
  CONSTRAINT owner_notices_pkey PRIMARY KEY (id),
  CONSTRAINT owner_notices_origin_is_name CHECK ((origin ~ '^[a-z][a-z-]{0,39}$'::text))
);
CREATE INDEX owner_notices_unseen_idx ON public.owner_notices USING btree (id) WHERE (seen_at IS NULL);

CREATE TABLE pruning_clock (
  one boolean DEFAULT true NOT NULL,
  believed_at timestamp with time zone NOT NULL,
  doubted_at timestamp with time zone,
  stood_ms bigint DEFAULT 0 NOT NULL,
  CONSTRAINT pruning_clock_pkey PRIMARY KEY (one),
  CONSTRAINT pruning_clock_one_row CHECK (one),
  CONSTRAINT pruning_clock_stood_not_negative CHECK ((stood_ms >= 0))
);

CREATE TABLE retrospectives (
  id bigint GENERATED ALWAYS AS IDENTITY NOT NULL,
  state text DEFAULT 'running'::text NOT NULL,
  by_hand boolean NOT NULL,
  period_from timestamp with time zone NOT NULL,
  period_until timestamp with time zone NOT NULL,
  figures jsonb DEFAULT '[]'::jsonb NOT NULL,
  fire_id bigint NOT NULL,
  asked integer DEFAULT 0 NOT NULL,
  task_id bigint,
  cost_usd numeric(12,6) DEFAULT 0 NOT NULL,
  proposals jsonb DEFAULT '[]'::jsonb NOT NULL,
  promises jsonb DEFAULT '[]'::jsonb NOT NULL,
  reason text,
  started_at timestamp with time zone NOT NULL,
  ended_at timestamp with time zone,
  CONSTRAINT retrospectives_pkey PRIMARY KEY (id),
  CONSTRAINT retrospectives_fire_key UNIQUE (fire_id),
  CONSTRAINT retrospectives_ended_has_time CHECK (((state = 'running'::text) = (ended_at IS NULL))),
  CONSTRAINT retrospectives_period_goes_on CHECK ((period_from < period_until)),
  CONSTRAINT retrospectives_state_known CHECK ((state = ANY (ARRAY['running'::text, 'completed'::text, 'failed'::text])))
);
CREATE INDEX retrospectives_ended_idx ON public.retrospectives USING btree (ended_at);
CREATE UNIQUE INDEX retrospectives_one_running ON public.retrospectives USING btree ((true)) WHERE (state = 'running'::text);

CREATE TABLE rule_days (
  rule text NOT NULL,
  day date NOT NULL,
  taken bigint NOT NULL,
  throttled bigint NOT NULL,
  held bigint NOT NULL,
  lowered bigint NOT NULL,
  last_at timestamp with time zone NOT NULL,
  CONSTRAINT rule_days_pkey PRIMARY KEY (rule, day)
);
CREATE INDEX rule_days_day_idx ON public.rule_days USING btree (day);

CREATE TABLE rule_versions (
  id bigint GENERATED ALWAYS AS IDENTITY NOT NULL,
  at timestamp with time zone NOT NULL,
  by text NOT NULL,
  action text NOT NULL,
  summary text NOT NULL,
  rules jsonb NOT NULL,
  origin text NOT NULL,
  undoes bigint,
  CONSTRAINT rule_versions_pkey PRIMARY KEY (id),
  CONSTRAINT rule_versions_origin_known CHECK ((origin = ANY (ARRAY['table'::text, 'file'::text, 'default'::text])))
);

CREATE TABLE schema_migrations (
  version integer NOT NULL,
  name text NOT NULL,
  checksum text NOT NULL,
  applied_at timestamp with time zone NOT NULL,
  written_by text,
  CONSTRAINT schema_migrations_pkey PRIMARY KEY (version)
);

CREATE TABLE self_samples (
  worker uuid NOT NULL,
  step_s integer NOT NULL,
  at timestamp with time zone NOT NULL,
  figures jsonb NOT NULL,
  CONSTRAINT self_samples_pkey PRIMARY KEY (worker, step_s, at),
  CONSTRAINT self_samples_figures_object CHECK ((jsonb_typeof(figures) = 'object'::text)),
  CONSTRAINT self_samples_step_known CHECK ((step_s = ANY (ARRAY[10, 60, 3600])))
);

CREATE TABLE self_tasks (
  dedup_key text NOT NULL,
  parent_task_id bigint,
  depth smallint NOT NULL,
  trust text NOT NULL,
  created_at timestamp with time zone NOT NULL,
  CONSTRAINT self_tasks_pkey PRIMARY KEY (dedup_key),
  CONSTRAINT self_tasks_depth_fits CHECK ((((depth = 0) = (parent_task_id IS NULL)) AND (depth >= 0))),
  CONSTRAINT self_tasks_trust_known CHECK ((trust = ANY (ARRAY['owner'::text, 'local'::text, 'untrusted'::text])))
);
CREATE INDEX self_tasks_created_idx ON public.self_tasks USING btree (created_at);
CREATE INDEX self_tasks_parent_idx ON public.self_tasks USING btree (parent_task_id);

CREATE TABLE sensors (
  worker uuid NOT NULL,
  name text NOT NULL,
  enabled boolean NOT NULL,
  fields jsonb DEFAULT '{}'::jsonb NOT NULL,
  created_at timestamp with time zone NOT NULL,
  changed_at timestamp with time zone NOT NULL,
  CONSTRAINT sensors_pkey PRIMARY KEY (worker, name),
  CONSTRAINT sensors_fields_object CHECK (((jsonb_typeof(fields) = 'object'::text) AND (length((fields)::text) <= 20000))),
  CONSTRAINT sensors_name_known CHECK ((name ~ '^[A-Za-z0-9][A-Za-z0-9._:-]{0,56}$'::text))
);

CREATE TABLE slow_statements (
  worker uuid NOT NULL,
  day date NOT NULL,
  hash text NOT NULL,
  text text NOT NULL,
  calls integer NOT NULL,
  total_ms double precision NOT NULL,
  max_ms double precision NOT NULL,
  last_at timestamp with time zone NOT NULL,
  CONSTRAINT slow_statements_pkey PRIMARY KEY (worker, day, hash),
  CONSTRAINT slow_statements_calls_positive CHECK ((calls > 0)),
  CONSTRAINT slow_statements_text_short CHECK ((length(text) <= 4000))
);

CREATE TABLE storage_days (
  worker uuid NOT NULL,
  day date NOT NULL,
  bytes jsonb NOT NULL,
  CONSTRAINT storage_days_pkey PRIMARY KEY (worker, day),
  CONSTRAINT storage_days_bytes_object CHECK ((jsonb_typeof(bytes) = 'object'::text))
);

CREATE TABLE task_costs (
  id bigint GENERATED ALWAYS AS IDENTITY NOT NULL,
  at timestamp with time zone NOT NULL,
  task_id bigint NOT NULL,
  category text NOT NULL,
  model text NOT NULL,
  cost_usd numeric(12,6) NOT NULL,
  input_tokens bigint DEFAULT 0 NOT NULL,
  output_tokens bigint DEFAULT 0 NOT NULL,
  cache_read_tokens bigint DEFAULT 0 NOT NULL,
  cache_write_tokens bigint DEFAULT 0 NOT NULL,
  estimated boolean DEFAULT false NOT NULL,
  CONSTRAINT task_costs_pkey PRIMARY KEY (id),
  CONSTRAINT task_costs_not_negative CHECK ((LEAST(cost_usd, (input_tokens)::numeric, (output_tokens)::numeric, (cache_read_tokens)::numeric, (cache_write_tokens)::numeric) >= (0)::numeric))
);
CREATE INDEX task_costs_at_idx ON public.task_costs USING btree (at);
CREATE INDEX task_costs_model_idx ON public.task_costs USING btree (model, at) WHERE (NOT estimated);
CREATE INDEX task_costs_task_idx ON public.task_costs USING btree (task_id);

CREATE TABLE task_transcripts (
  task_id bigint NOT NULL,
  attempt smallint NOT NULL,
  recorded_at timestamp with time zone NOT NULL,
  entries jsonb NOT NULL,
  omitted integer DEFAULT 0 NOT NULL,
  CONSTRAINT task_transcripts_pkey PRIMARY KEY (task_id, attempt),
  CONSTRAINT task_transcripts_entries_are_a_list CHECK ((jsonb_typeof(entries) = 'array'::text)),
  CONSTRAINT task_transcripts_omitted_not_negative CHECK ((omitted >= 0))
);
CREATE INDEX task_transcripts_recorded_idx ON public.task_transcripts USING btree (recorded_at);

CREATE TABLE tasks (
  id bigint GENERATED ALWAYS AS IDENTITY NOT NULL,
  event_id bigint NOT NULL,
  priority smallint NOT NULL,
  source text NOT NULL,
  category text NOT NULL,
  conversation text,
  prompt text NOT NULL,
  reply_to text,
  state text DEFAULT 'queued'::text NOT NULL,
  outcome text,
  reason text,
  reply text,
  progress text,
  attempts smallint DEFAULT 0 NOT NULL,
  run_after timestamp with time zone NOT NULL,
  worker uuid,
  lease_until timestamp with time zone,
  process jsonb,
  agent jsonb,
  session_id text,
  memories jsonb DEFAULT '[]'::jsonb NOT NULL,
  cost_usd numeric(12,6) DEFAULT 0 NOT NULL,
  usage jsonb,
  queued_at timestamp with time zone NOT NULL,
  started_at timestamp with time zone,
  finished_at timestamp with time zone,
  steered_into bigint,
  fork_of text,
  remembered_at timestamp with time zone,
  waits_from timestamp with time zone,
  permission_category text,
  held_by text,
  cut_off jsonb,
  in_doubt boolean DEFAULT false NOT NULL,
  wants_agent text,
  CONSTRAINT tasks_pkey PRIMARY KEY (id),
  CONSTRAINT tasks_event_id_key UNIQUE (event_id),
  CONSTRAINT tasks_ended_has_outcome CHECK (((state = ANY (ARRAY['queued'::text, 'running'::text])) = (finished_at IS NULL))),
  CONSTRAINT tasks_priority_known CHECK (((priority >= 0) AND (priority <= 5))),
  CONSTRAINT tasks_running_has_worker CHECK (((state <> 'running'::text) OR ((worker IS NOT NULL) AND (lease_until IS NOT NULL)))),
  CONSTRAINT tasks_session_id_short CHECK ((length(session_id) <= 200)),
  CONSTRAINT tasks_state_known CHECK ((state = ANY (ARRAY['queued'::text, 'running'::text, 'done'::text, 'failed'::text, 'cancelled'::text, 'dead'::text])))
);
CREATE INDEX tasks_conversation_idx ON public.tasks USING btree (conversation, id) WHERE (conversation IS NOT NULL);
CREATE INDEX tasks_finished_idx ON public.tasks USING btree (finished_at) WHERE (finished_at IS NOT NULL);
CREATE INDEX tasks_held_idx ON public.tasks USING btree (held_by) WHERE ((state = 'queued'::text) AND (held_by IS NOT NULL));
CREATE UNIQUE INDEX tasks_one_running_a_conversation ON public.tasks USING btree (conversation) WHERE (state = 'running'::text);
CREATE INDEX tasks_queued_idx ON public.tasks USING btree (priority, id) WHERE (state = 'queued'::text);
CREATE INDEX tasks_running_idx ON public.tasks USING btree (worker) WHERE (state = 'running'::text);
CREATE INDEX tasks_steered_into_idx ON public.tasks USING btree (steered_into) WHERE (steered_into IS NOT NULL);
CREATE INDEX tasks_text_idx ON public.tasks USING gin (to_tsvector('english'::regconfig, (("left"(prompt, 50000) || ' '::text) || "left"(COALESCE(reply, ''::text), 50000)))) WHERE (state = 'done'::text);
CREATE INDEX tasks_unremembered_idx ON public.tasks USING btree (id) WHERE ((finished_at IS NOT NULL) AND ((remembered_at IS NULL) OR (remembered_at < finished_at)));
CREATE TRIGGER graph_task_ended AFTER UPDATE OF finished_at ON tasks FOR EACH ROW WHEN (((new.finished_at IS NOT NULL) AND (old.finished_at IS DISTINCT FROM new.finished_at))) EXECUTE FUNCTION graph_note_row('task');
CREATE TRIGGER graph_task_gone AFTER DELETE ON tasks REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION graph_note_gone('task');

CREATE TABLE upkeep_runs (
  id bigint GENERATED ALWAYS AS IDENTITY NOT NULL,
  kind text NOT NULL,
  at timestamp with time zone NOT NULL,
  ended_at timestamp with time zone NOT NULL,
  state text NOT NULL,
  archive text,
  reason text,
  CONSTRAINT upkeep_runs_pkey PRIMARY KEY (id),
  CONSTRAINT upkeep_runs_failed_has_reason CHECK (((state = 'failed'::text) = (reason IS NOT NULL))),
  CONSTRAINT upkeep_runs_kind_known CHECK ((kind = ANY (ARRAY['create'::text, 'drill'::text, 'verify'::text]))),
  CONSTRAINT upkeep_runs_state_known CHECK ((state = ANY (ARRAY['done'::text, 'failed'::text])))
);
CREATE INDEX upkeep_runs_kind_idx ON public.upkeep_runs USING btree (kind, at);

CREATE TABLE wish_comments (
  id bigint GENERATED ALWAYS AS IDENTITY NOT NULL,
  wish_id bigint NOT NULL,
  version integer NOT NULL,
  file text NOT NULL,
  line integer,
  text text NOT NULL,
  made_by text NOT NULL,
  at timestamp with time zone NOT NULL,
  answered_by integer,
  CONSTRAINT wish_comments_pkey PRIMARY KEY (id),
  CONSTRAINT wish_comments_draft_fkey FOREIGN KEY (wish_id, version) REFERENCES wish_drafts(wish_id, version) ON DELETE CASCADE,
  CONSTRAINT wish_comments_line_positive CHECK ((line > 0))
);
CREATE INDEX wish_comments_draft_idx ON public.wish_comments USING btree (wish_id, version);

CREATE TABLE wish_drafts (
  wish_id bigint NOT NULL,
  version integer NOT NULL,
  state text NOT NULL,
  worker uuid,
  started_by text NOT NULL,
  repository text,
  base text,
  patch text,
  summary text,
  files jsonb DEFAULT '[]'::jsonb NOT NULL,
  additions integer DEFAULT 0 NOT NULL,
  deletions integer DEFAULT 0 NOT NULL,
  tests jsonb DEFAULT '{}'::jsonb NOT NULL,
  flags jsonb DEFAULT '[]'::jsonb NOT NULL,
  cost_usd numeric(12,6) DEFAULT 0 NOT NULL,
  task_id bigint,
  reason text,
  started_at timestamp with time zone NOT NULL,
  ended_at timestamp with time zone,
  CONSTRAINT wish_drafts_pkey PRIMARY KEY (wish_id, version),
  CONSTRAINT wish_drafts_wish_fkey FOREIGN KEY (wish_id) REFERENCES wishlist(id) ON DELETE CASCADE,
  CONSTRAINT wish_drafts_cost_not_negative CHECK ((cost_usd >= (0)::numeric)),
  CONSTRAINT wish_drafts_drafted_is_whole CHECK (((state <> 'drafted'::text) OR (num_nulls(patch, summary, base) = 0))),
  CONSTRAINT wish_drafts_ended_has_time CHECK (((state = 'drafting'::text) = (ended_at IS NULL))),
  CONSTRAINT wish_drafts_state_known CHECK ((state = ANY (ARRAY['drafting'::text, 'drafted'::text, 'blocked'::text, 'failed'::text]))),
  CONSTRAINT wish_drafts_version_positive CHECK ((version > 0))
);
CREATE INDEX wish_drafts_started_idx ON public.wish_drafts USING btree (started_at);
CREATE TRIGGER wish_drafts_stay BEFORE UPDATE ON wish_drafts FOR EACH ROW WHEN ((old.state <> 'drafting'::text)) EXECUTE FUNCTION wish_drafts_stay();

CREATE TABLE wish_moves (
  id bigint GENERATED ALWAYS AS IDENTITY NOT NULL,
  wish_id bigint NOT NULL,
  at timestamp with time zone NOT NULL,
  moved_by text NOT NULL,
  move text NOT NULL,
  from_state text,
  to_state text NOT NULL,
  version integer,
  reason text,
  CONSTRAINT wish_moves_pkey PRIMARY KEY (id),
  CONSTRAINT wish_moves_wish_fkey FOREIGN KEY (wish_id) REFERENCES wishlist(id) ON DELETE CASCADE
);
CREATE INDEX wish_moves_wish_idx ON public.wish_moves USING btree (wish_id, id);

CREATE TABLE wishlist (
  id bigint GENERATED ALWAYS AS IDENTITY NOT NULL,
  title text NOT NULL,
  description text NOT NULL,
  fingerprint text NOT NULL,
  origin text NOT NULL,
  finding_id bigint,
  task_id bigint,
  state text DEFAULT 'proposed'::text NOT NULL,
  reason text,
  draft_attempts smallint DEFAULT 0 NOT NULL,
  created_at timestamp with time zone NOT NULL,
  decided_at timestamp with time zone,
  drafted_at timestamp with time zone,
  applied_at timestamp with time zone,
  why text,
  evidence jsonb DEFAULT '[]'::jsonb NOT NULL,
  expected jsonb,
  measured_by text,
  effort text,
  risk text,
  version integer DEFAULT 0 NOT NULL,
  fix text,
  branch text,
  said_key text,
  promise jsonb,
  CONSTRAINT wishlist_pkey PRIMARY KEY (id),
  CONSTRAINT wishlist_said_key_key UNIQUE (said_key),
  CONSTRAINT wishlist_finding_id_fkey FOREIGN KEY (finding_id) REFERENCES optimization_findings(id) ON DELETE SET NULL,
  CONSTRAINT wishlist_applied_has_time CHECK (((state = ANY (ARRAY['applied'::text, 'kept'::text, 'unkept'::text])) = (applied_at IS NOT NULL))),
  CONSTRAINT wishlist_attempts_not_negative CHECK ((draft_attempts >= 0)),
  CONSTRAINT wishlist_drafted_has_version CHECK (((state <> ALL (ARRAY['drafting'::text, 'drafted'::text, 'applied'::text])) OR (version > 0))),
  CONSTRAINT wishlist_evidence_is_list CHECK ((jsonb_typeof(evidence) = 'array'::text)),
  CONSTRAINT wishlist_origin_known CHECK ((origin = ANY (ARRAY['retrospective'::text, 'agent'::text, 'finding'::text, 'owner'::text]))),
  CONSTRAINT wishlist_proposed_is_undecided CHECK (((state = 'proposed'::text) = (decided_at IS NULL))),
  CONSTRAINT wishlist_state_known CHECK ((state = ANY (ARRAY['proposed'::text, 'approved'::text, 'rejected'::text, 'drafting'::text, 'drafted'::text, 'blocked'::text, 'failed'::text, 'applied'::text, 'declined'::text, 'stale'::text, 'kept'::text, 'unkept'::text])))
);
CREATE INDEX wishlist_finding_idx ON public.wishlist USING btree (finding_id) WHERE (finding_id IS NOT NULL);
CREATE UNIQUE INDEX wishlist_one_drafting ON public.wishlist USING btree ((true)) WHERE (state = 'drafting'::text);
CREATE UNIQUE INDEX wishlist_open_key ON public.wishlist USING btree (fingerprint) WHERE (state <> ALL (ARRAY['rejected'::text, 'declined'::text, 'applied'::text, 'kept'::text, 'unkept'::text]));
CREATE INDEX wishlist_state_idx ON public.wishlist USING btree (state, created_at);
