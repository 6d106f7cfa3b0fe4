"""How words are compared and found on any server: no collation, extension or locale is asked for.

``fold`` is the rule of ``apps/kernel/folding.py``. ``search_kept`` keeps the search entries of a bank in
step with its rows: it is the trigger of every searched table, works in the schema of the table that fired
it and names no other. Its arguments are a SELECT over ``r`` (``%1$I`` stands for the schema) and the column
of ``r`` that names the changed row; columns in the order of ``search_rows``.
"""

from django.db import migrations

FOLD = r"""
CREATE FUNCTION public.fold(said text) RETURNS text
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog AS $body$
BEGIN
    IF octet_length(said) = char_length(said) THEN
        RETURN lower(said COLLATE "C");
    END IF;
    said := regexp_replace(normalize(said, NFKD), '[\u0300-\u036f]', '', 'g');
    said := lower(said COLLATE "C");
    IF octet_length(said) = char_length(said) THEN
        RETURN said;
    END IF;
    said := translate(said,
        'ΑΒΓΔΕΖΗΘΙΚΛΜΝΞΟΠΡΣΤΥΦΧΨΩАБВГДЕЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯЀЁЂЃЄЅІЇЈЉЊЋЌЍЎЏØøŁłĐđÐðĦħŦŧŊŋıς’‘ʼ′'
            || U&'\00ad\200b\200c\200d\200e\200f\2060\feff',
        'αβγδεζηθικλμνξοπρστυφχψωабвгдежзийклмнопрстуфхцчшщъыьэюяѐёђѓєѕіїјљњћќѝўџoollddddhhttnniσ'''''''''
    );
    said := regexp_replace(said, '[Œœ]', 'oe', 'g');
    said := regexp_replace(said, '[Ææ]', 'ae', 'g');
    said := regexp_replace(said, '[ßẞ]', 'ss', 'g');
    RETURN regexp_replace(said, '[Þþ]', 'th', 'g');
END $body$
"""

CODE = """
CREATE FUNCTION public.fold_code(said text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog AS $body$
    SELECT regexp_replace(public.fold(said), '[^a-z0-9]+', '', 'g')
$body$
"""

WORDS = r"""
CREATE FUNCTION public.fold_words(said text) RETURNS text[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog AS $body$
    SELECT array_remove(regexp_split_to_array(public.fold(said),
        '[\u0001-\u002f\u003a-\u0040\u005b-\u0060\u007b-\u00a9\u00ab-\u00ac\u00ae-\u00b1\u00b6-\u00b7'
        '\u00bb\u00bf\u00d7\u00f7\u2010-\u205e\u20ac\u2212]+'), '')
$body$
"""

LEXEMES = """
CREATE FUNCTION public.search_lexemes(kind text, owner uuid, said text, codes text[]) RETURNS tsvector
LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog AS $body$
    WITH typed AS (SELECT left(word, 60) AS word FROM unnest(public.fold_words(said)) AS word),
    coded AS (SELECT left(public.fold_code(code), 60) AS code FROM unnest(codes) AS code)
    SELECT array_to_tsvector(array(
        SELECT '@' || kind
        UNION SELECT '@' || owner WHERE owner IS NOT NULL
        UNION SELECT word FROM typed
        UNION SELECT ltrim(word, '0') FROM typed WHERE word ~ '^0+[1-9][0-9]*$'
        UNION SELECT '#' || code FROM coded WHERE code <> ''
        UNION SELECT '#' || ltrim(code, '0') FROM coded WHERE code ~ '^0+[1-9][0-9]+$'
        UNION SELECT '#' || ltrim(substring(code from '[0-9]+$'), '0') FROM unnest(codes) AS code
            WHERE code ~ '[^0-9]0*[1-9][0-9]*$'
    ))
$body$
"""

GRAMS = """
CREATE FUNCTION public.search_grams(word text) RETURNS text[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog AS $body$
    SELECT array(SELECT DISTINCT substr('  ' || word || ' ', place, 3)
        FROM generate_series(1, char_length(word) + 1) AS place)
$body$
"""

ROWS = """
CREATE FUNCTION public.search_rows(space text, source text, tie text, ids uuid[])
RETURNS TABLE (record_id uuid, kind text, label text, number text, detail text, lexemes tsvector,
    owner_id uuid, moment timestamptz, is_archived boolean)
LANGUAGE plpgsql STABLE SET search_path = pg_catalog AS $body$
BEGIN
    RETURN QUERY EXECUTE format(
        'SELECT found.id, found.kind, left(found.label, 200), left(found.number, 40), left(found.detail, 200),'
        ' public.search_lexemes(found.kind, found.owner_id,'
        '  concat_ws('' '', found.label, found.number, found.detail, found.words),'
        '  found.number || found.codes),'
        ' found.owner_id, found.moment, found.is_archived FROM ('
        || source || CASE tie WHEN '' THEN '' ELSE ' WHERE r.' || quote_ident(tie) || ' = ANY ($1)' END ||
        ') AS found (id, kind, label, number, detail, words, codes, owner_id, moment, is_archived)', space
    ) USING ids;
END $body$
"""

WRITE = """
CREATE FUNCTION public.search_write(space text, source text, tie text, ids uuid[], only_missing boolean)
RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog AS $body$
DECLARE
    otherwise constant text := CASE WHEN only_missing THEN 'DO NOTHING' ELSE
        'DO UPDATE SET kind = excluded.kind, label = excluded.label, number = excluded.number,'
        ' detail = excluded.detail, lexemes = excluded.lexemes, owner_id = excluded.owner_id,'
        ' moment = excluded.moment, is_archived = excluded.is_archived'
        ' WHERE (kept.kind, kept.label, kept.number, kept.detail, kept.lexemes, kept.owner_id, kept.moment,'
        '  kept.is_archived) IS DISTINCT FROM (excluded.kind, excluded.label, excluded.number,'
        '  excluded.detail, excluded.lexemes, excluded.owner_id, excluded.moment, excluded.is_archived)' END;
BEGIN
    EXECUTE format(
        'WITH written AS ('
        ' INSERT INTO %1$I.kernel_searchentry AS kept'
        '  (record_id, kind, label, number, detail, lexemes, owner_id, moment, is_archived)'
        ' SELECT * FROM public.search_rows($1, $2, $3, $4)'
        ' ON CONFLICT (record_id) ' || otherwise ||
        ' RETURNING lexemes)'
        ' INSERT INTO %1$I.kernel_searchword (word, grams)'
        ' SELECT word, public.search_grams(word) FROM ('
        '  SELECT DISTINCT word FROM written, unnest(tsvector_to_array(lexemes)) AS word'
        '  WHERE char_length(word) BETWEEN 3 AND 40 AND word !~ ''[@#0-9]'''
        ' ) AS said WHERE NOT EXISTS (SELECT FROM %1$I.kernel_searchword AS known WHERE known.word = said.word)',
        space
    ) USING space, source, tie, ids;
END $body$
"""

KEPT = """
CREATE FUNCTION public.search_kept() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $body$
BEGIN
    IF TG_OP = 'DELETE' THEN
        EXECUTE format('DELETE FROM %I.kernel_searchentry WHERE record_id = $1', TG_TABLE_SCHEMA)
            USING OLD.id;
    ELSE
        PERFORM public.search_write(TG_TABLE_SCHEMA, TG_ARGV[0], TG_ARGV[1], ARRAY[NEW.id], false);
    END IF;
    RETURN NULL;
END $body$
"""

DIFFERENCES = """
CREATE FUNCTION public.search_differences(space text, source text, named text) RETURNS TABLE (record_id uuid)
LANGUAGE plpgsql STABLE SET search_path = pg_catalog AS $body$
BEGIN
    RETURN QUERY EXECUTE format(
        'SELECT coalesce(kept.record_id, right_one.record_id)'
        ' FROM (SELECT * FROM %1$I.kernel_searchentry WHERE kind = $3) AS kept'
        ' FULL JOIN public.search_rows($1, $2, '''', NULL) AS right_one USING (record_id)'
        ' WHERE (kept.kind, kept.label, kept.number, kept.detail, kept.lexemes, kept.owner_id, kept.moment,'
        '  kept.is_archived) IS DISTINCT FROM (right_one.kind, right_one.label, right_one.number,'
        '  right_one.detail, right_one.lexemes, right_one.owner_id, right_one.moment, right_one.is_archived)',
        space
    ) USING space, source, named;
END $body$
"""

MADE = [FOLD, CODE, WORDS, LEXEMES, GRAMS, ROWS, WRITE, KEPT, DIFFERENCES]
NAMES = [
    "search_differences(text, text, text)",
    "search_kept()",
    "search_write(text, text, text, uuid[], boolean)",
    "search_rows(text, text, text, uuid[])",
    "search_grams(text)",
    "search_lexemes(text, uuid, text, text[])",
    "fold_words(text)",
    "fold_code(text)",
    "fold(text)",
]


class Migration(migrations.Migration):
    dependencies = [("registry", "0004_append_only")]
    operations = [migrations.RunSQL(MADE, [f"DROP FUNCTION public.{name}" for name in NAMES])]
