"""Keep batches in the search box, their lines for ever, and their books to the gram.

At a commit, a batch that is no longer open gave back what it took: what was taken for it and still stands is
what was made and lost. Refused with SQLSTATE 23514, whoever writes.
"""

from django.db import migrations

from apps.kernel.migrations._search import kept

BATCH = (
    "SELECT r.id, 'workshop.productionbatch', r.label, r.number, '', '', ARRAY[]::text[],"
    " NULL::uuid, r.created_at, false FROM %1$I.workshop_productionbatch AS r"
)

BALANCED = """
CREATE FUNCTION workshop_batch_balanced() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $body$
DECLARE
    checked uuid := CASE TG_TABLE_NAME WHEN 'workshop_batchline'
        THEN (to_jsonb(NEW) ->> 'batch_id')::uuid ELSE (to_jsonb(NEW) ->> 'id')::uuid END;
    missing bigint;
BEGIN
    EXECUTE format(
        'SELECT coalesce(sum(CASE made.kind WHEN ''transform'' THEN made.grams ELSE -made.grams END), 0)'
        ' FROM %1$I.workshop_productionbatch batch'
        ' JOIN %1$I.workshop_batchline line ON line.batch_id = batch.id'
        ' JOIN %1$I.stock_movement made ON made.id = line.movement_id'
        ' WHERE batch.id = $1 AND batch.status <> ''open'' AND NOT EXISTS ('
        '  SELECT FROM %1$I.stock_movement undone WHERE undone.reverses_id = made.id)', TG_TABLE_SCHEMA
    ) INTO missing USING checked;
    IF missing <> 0 THEN
        RAISE EXCEPTION 'batch % did not give back % g of what it took', checked, missing
            USING ERRCODE = 'check_violation', CONSTRAINT = 'batches_give_back_what_they_take';
    END IF;
    RETURN NULL;
END $body$
"""

TRIGGERS = [
    """CREATE CONSTRAINT TRIGGER batch_balanced AFTER INSERT OR UPDATE ON workshop_productionbatch
       DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION workshop_batch_balanced()""",
    """CREATE CONSTRAINT TRIGGER batchline_balanced AFTER INSERT ON workshop_batchline
       DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION workshop_batch_balanced()""",
    """CREATE TRIGGER batchline_frozen BEFORE UPDATE OR DELETE ON workshop_batchline
       FOR EACH ROW EXECUTE FUNCTION stock_ledger_frozen()""",
    """CREATE TRIGGER batchline_kept BEFORE TRUNCATE ON workshop_batchline
       EXECUTE FUNCTION stock_ledger_frozen()""",
]


class Migration(migrations.Migration):
    dependencies = [("workshop", "0001_initial"), ("kernel", "0004_search"), ("stock", "0011_links_stay")]
    operations = [
        migrations.RunSQL(
            [kept("workshop_productionbatch", "number, label", BATCH), BALANCED, *TRIGGERS],
            [
                "DROP TRIGGER batchline_kept ON workshop_batchline",
                "DROP TRIGGER batchline_frozen ON workshop_batchline",
                "DROP TRIGGER batchline_balanced ON workshop_batchline",
                "DROP TRIGGER batch_balanced ON workshop_productionbatch",
                "DROP FUNCTION workshop_batch_balanced()",
                "DROP TRIGGER search_kept ON workshop_productionbatch",
            ],
        )
    ]
