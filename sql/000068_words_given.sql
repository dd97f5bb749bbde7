-- What the daemon has found of the words of a memory comes with it: to look for codes, days and the language of a plain English
-- text took the embedded database most of the time that a new memory cost it.
DROP TRIGGER memory_embeddings_spelt ON memory_embeddings;
CREATE TRIGGER memory_embeddings_spelt BEFORE INSERT ON memory_embeddings
  FOR EACH ROW WHEN (NEW.search = ''::tsvector) EXECUTE FUNCTION memory_spell();

DROP TRIGGER memory_embeddings_respelt ON memory_embeddings;
CREATE TRIGGER memory_embeddings_respelt BEFORE UPDATE ON memory_embeddings
  FOR EACH ROW WHEN (
    NEW.search IS NOT DISTINCT FROM OLD.search AND (
      OLD.content IS DISTINCT FROM NEW.content OR OLD.title IS DISTINCT FROM NEW.title OR OLD.day IS DISTINCT FROM NEW.day
      OR OLD.created_at IS DISTINCT FROM NEW.created_at
      OR (OLD.prepared OR coalesce(OLD.redacted_hash = md5(OLD.content), false))
         IS DISTINCT FROM (NEW.prepared OR coalesce(NEW.redacted_hash = md5(NEW.content), false))
      OR NEW.spelling > OLD.spelling
    )
  )
  EXECUTE FUNCTION memory_spell();

-- The graph hears of all new memories of a statement at once.
CREATE FUNCTION graph_note_added() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO graph_pending (origin, origin_id) SELECT TG_ARGV[0], id FROM added WHERE prepared ORDER BY id
  ON CONFLICT ON CONSTRAINT graph_pending_pkey DO UPDATE SET turn = graph_pending.turn + 1, attempts = 0;
  RETURN NULL;
END $$;
DROP TRIGGER graph_memory_added ON memory_embeddings;
CREATE TRIGGER graph_memory_added AFTER INSERT ON memory_embeddings REFERENCING NEW TABLE AS added
  FOR EACH STATEMENT EXECUTE FUNCTION graph_note_added('memory');

-- The same words; the small words of other languages are read once and not for each text.
CREATE OR REPLACE FUNCTION memory_terms(given text) RETURNS tsvector LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
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
