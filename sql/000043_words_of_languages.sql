-- Words of other languages than English: found as they stand and by the stems of their own language, never by English ones;
-- scripts without spaces by pairs of characters.

-- The language of a text in Latin letters by its small words: english, another one, or null where they do not tell.
CREATE FUNCTION memory_language(given text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN (
  WITH said AS (SELECT to_tsvector('simple', left(given, 2000)) AS words),
  counted AS (
    SELECT language, length(said.words) - length(ts_delete(said.words, small.words)) AS times
    FROM said, (VALUES
      ('english', '{the,of,and,my,our,your,with,this,that,they,you,it,to,for,have,has,is,are,were,what,where,when,who,how,does,did,which,why,not,from,by,be,been,i,we,at,on,or,but,his,her,their,a}'::text[]),
      ('german', '{der,das,und,ist,nicht,ich,wir,ein,eine,einen,einem,einer,vom,zum,zur,mit,für,auf,bei,dem,sind,wird,wurde,wo,wer,wann,wie,welche,welcher,welches,oder,auch,noch,nach,aus,über,unser,unsere,mein,meine,meinen,kein,keine,im,die,den,hat,habe,haben,hast,warum,wieviel,sich,als,beim}'),
      ('french', '{le,la,les,une,est,dans,pour,avec,sur,pas,qui,que,où,du,au,aux,ce,cette,mon,ma,mes,nous,vous,je,il,elle,sont,chez,et,quand,combien,des,un,quel,quelle,comment,notre,en,de}'),
      ('spanish', '{el,la,los,las,una,un,está,es,con,para,por,del,mi,mis,nuestro,nuestra,que,dónde,cuándo,quién,cuánto,qué,cómo,en,se,su,y,pero,muy,son,de,al,tiene}'),
      ('italian', '{il,lo,la,gli,di,che,è,una,un,per,con,della,del,nel,sono,dove,quando,chi,quanto,mio,mia,nostro,non,si,da,alla,dei}'),
      ('portuguese', '{o,os,a,as,uma,um,não,com,para,em,do,da,dos,das,está,onde,quem,quando,quanto,meu,minha,nosso,que,é,de,no,na}'),
      ('dutch', '{het,een,van,niet,voor,met,zijn,waar,wie,wat,wanneer,mijn,onze,ook,maar,naar,de,is,en,ik,wij,op,bij,hoe}')
    ) AS small (language, words)
  ), best AS (
    SELECT language, times, rank() OVER (ORDER BY times DESC) AS place FROM counted WHERE times > 0
  )
  -- Where two are as likely, the text may be either.
  SELECT max(language) FROM best WHERE place = 1 HAVING count(*) = 1
);

-- Runs of scripts that are written without spaces, as pairs of neighbours; a single character stands alone.
CREATE FUNCTION memory_pairs(given text) RETURNS text[] LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN (
  SELECT coalesce(array_agg(DISTINCT substr(run[1], place, 2)), '{}')
  FROM regexp_matches(lower(left(given, 20000)), '[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005-\u3007\u3041-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff\uff66-\uff9f]+', 'g') AS run,
       generate_series(1, greatest(length(run[1]) - 1, 1)) AS place
);

-- Arabic words without their article and what is written together with it, and in one spelling.
CREATE FUNCTION memory_arabic(given text) RETURNS text[] LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN (
  SELECT coalesce(array_agg(DISTINCT bare), '{}') FROM (
    SELECT regexp_replace(regexp_replace(word[1], '^[وف]?[بكل]?ال(..)', '\1'), '^و(...)', '\1') AS bare
    FROM regexp_matches(translate(left(given, 20000), 'أإآةىًٌٍَُِّْـ', 'اااهي'), '[\u0620-\u064a\u066e-\u06d3]+', 'g') AS word
  ) AS words WHERE length(bare) > 1
);

-- The words of a memory or a question. Both sides go through here, so they meet.
CREATE OR REPLACE FUNCTION memory_terms(given text) RETURNS tsvector LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
  whole text := left(given, 100000);
  codes tsvector;
  stems tsvector;
  language text;
  is_plain CONSTANT boolean := octet_length(whole) = length(whole);
BEGIN
  IF NOT is_plain AND whole ~ '[\uff00-\uffef]' THEN
    whole := normalize(whole, NFKC);
  END IF;
  codes := array_to_tsvector(memory_codes(whole));
  -- Only Latin letters: the usual case.
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

-- The words of a question: where its language cannot be told, also as they stand.
CREATE FUNCTION memory_question(given text) RETURNS tsvector LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
  terms tsvector := memory_terms(given);
BEGIN
  IF memory_language(given) = 'english' THEN
    RETURN terms;
  END IF;
  RETURN terms || ts_delete(to_tsvector('simple', left(given, 100000)), tsvector_to_array(terms));
END
$$;

-- The words become a column that a trigger fills, for two reasons: what was stored before is taken apart anew in small steps
-- in the background (src/memory/keep/respell.ts) instead of at once in this migration; and a row costs nothing before its
-- secrets are out of it, since nothing may find it until then.
ALTER TABLE memory_embeddings ALTER COLUMN search DROP EXPRESSION;
ALTER TABLE memory_embeddings
  ALTER COLUMN search SET DEFAULT ''::tsvector,
  -- The rules by which its words were found; those of this migration are 2.
  ADD COLUMN spelling smallint NOT NULL DEFAULT 1;
ALTER TABLE memory_embeddings ALTER COLUMN spelling SET DEFAULT 2;
CREATE INDEX memory_embeddings_spelling_idx ON memory_embeddings (id) WHERE spelling < 2;

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
CREATE TRIGGER memory_embeddings_spelt BEFORE INSERT ON memory_embeddings
  FOR EACH ROW EXECUTE FUNCTION memory_spell();
CREATE TRIGGER memory_embeddings_respelt BEFORE UPDATE ON memory_embeddings
  FOR EACH ROW WHEN (
    (OLD.content, OLD.title, OLD.day, OLD.created_at, OLD.prepared OR coalesce(OLD.redacted_hash = md5(OLD.content), false))
    IS DISTINCT FROM
    (NEW.content, NEW.title, NEW.day, NEW.created_at, NEW.prepared OR coalesce(NEW.redacted_hash = md5(NEW.content), false))
    OR NEW.spelling > OLD.spelling
  ) EXECUTE FUNCTION memory_spell();

-- Rows without words are not counted.
CREATE OR REPLACE FUNCTION memory_texts_added() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO memory_text_changes (search, delta) SELECT search, 1 FROM added WHERE search <> '';
  RETURN NULL;
END
$$;
CREATE OR REPLACE FUNCTION memory_texts_removed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO memory_text_changes (search, delta) SELECT search, -1 FROM removed WHERE search <> '';
  RETURN NULL;
END
$$;
CREATE OR REPLACE FUNCTION memory_text_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO memory_text_changes (search, delta)
    SELECT search, delta FROM (VALUES (OLD.search, -1), (NEW.search, 1)) AS change (search, delta) WHERE search <> '';
  RETURN NULL;
END
$$;
