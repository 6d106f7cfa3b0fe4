"""The guarantees of ``0002_ledger`` at a price that does not grow with the past of a lot.

A movement fires twice. Before: its lot is locked, what may not be is refused, and its number is taken
under that lock, so that the movements of a lot are numbered in the order they commit. After: both
balances are kept by one statement (the lock of the lot covers its accounts, no order between them is
needed), and what has an outer end is counted.

At commit the last movement of each account touched has its balance compared with what the account held
when the transaction first touched it, plus the movements since: as many as this transaction made, not as
many as there ever were. The opening was itself compared at an earlier commit. A balance changed by
anything but a movement is compared with its whole past, as before, and ``collecto ledger verify`` adds up
everything.

The statements are static, so that their plans are kept for the session. They find their tables by the
``search_path`` that each function sets to the schema of the table that fired it, with temporary tables
last; the functions' own ``SET`` puts the caller's back. No schema is named: a restored copy works on
its own tables.
"""

import django.db.models.deletion
from django.db import migrations, models

ON_OWN_TABLES = """
    PERFORM set_config(
        'search_path', 'pg_catalog, ' || quote_ident(TG_TABLE_SCHEMA) || ', pg_temp', true);
"""

ENTER_MOVEMENT = f"""
CREATE FUNCTION stock_movement_entered() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $body$
DECLARE
    sides record;
BEGIN
    {ON_OWN_TABLES}
    SELECT lot.status, lot.date_kind, lot.expires_on, place.purpose,
        giver.kind AS giver, giver.location_id AS given_at, taker.kind AS taker, taker.location_id AS taken_at
    INTO sides
    FROM stock_lot lot
    JOIN stock_account giver ON giver.id = NEW.source_id AND giver.lot_id = lot.id
    JOIN stock_account taker ON taker.id = NEW.destination_id AND taker.lot_id = lot.id
    LEFT JOIN sites_location place ON place.id = giver.location_id
    WHERE lot.id = NEW.lot_id FOR NO KEY UPDATE OF lot;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'both accounts of a movement belong to its lot'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'movement_within_one_lot';
    END IF;

    IF NEW.reverses_id IS NULL THEN
        IF (NEW.kind || ':' || sides.giver || '>' || sides.taker) <> ALL (ARRAY[
            'receive:donor>on_hand', 'receive:supplier>on_hand', 'move:on_hand>on_hand',
            'reserve:on_hand>reserved', 'release:reserved>on_hand', 'deliver:reserved>partner',
            'lose:on_hand>loss', 'count:on_hand>count', 'count:count>on_hand',
            'ship:on_hand>transit', 'arrive:transit>on_hand', 'arrive:transit>loss'])
            OR NEW.kind IN ('reserve', 'release') AND sides.given_at <> sides.taken_at
        THEN
            RAISE EXCEPTION 'a movement of kind % does not go from % to %', NEW.kind, sides.giver, sides.taker
                USING ERRCODE = 'check_violation', CONSTRAINT = 'movement_fits_its_accounts';
        END IF;
        IF sides.taker IN ('reserved', 'partner', 'transit') THEN
            IF sides.status = 'blocked' THEN
                RAISE EXCEPTION 'lot % is blocked', NEW.lot_id
                    USING ERRCODE = 'check_violation', DETAIL = NEW.lot_id, CONSTRAINT = 'blocked_lots_stay';
            ELSIF sides.purpose = 'quarantine' THEN
                RAISE EXCEPTION 'lot % is in quarantine', NEW.lot_id
                    USING ERRCODE = 'check_violation', DETAIL = NEW.lot_id,
                        CONSTRAINT = 'quarantined_goods_stay';
            ELSIF sides.date_kind = 'USE_BY' AND sides.expires_on < NEW.occurred_on THEN
                RAISE EXCEPTION 'the use-by date of lot % has passed', NEW.lot_id
                    USING ERRCODE = 'check_violation', DETAIL = NEW.lot_id, CONSTRAINT = 'use_by_is_respected';
            END IF;
        END IF;
    ELSE
        PERFORM FROM stock_movement made
        WHERE made.id = NEW.reverses_id AND made.lot_id = NEW.lot_id
            AND made.source_id = NEW.destination_id AND made.destination_id = NEW.source_id
            AND made.grams = NEW.grams AND made.transfer_line_id IS NOT DISTINCT FROM NEW.transfer_line_id
            AND made.reverses_id IS NULL;
        IF NOT FOUND OR NEW.kind <> 'reverse' THEN
            RAISE EXCEPTION 'a reversal mirrors the movement it reverses'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'reversal_mirrors_its_movement';
        END IF;
    END IF;

    NEW.id := nextval('stock_movement_id_seq');
    RETURN NEW;
END $body$
"""

POST_MOVEMENT = f"""
CREATE OR REPLACE FUNCTION stock_movement_posted() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $body$
DECLARE
    here constant bigint := pg_current_xact_id()::text::bigint;
    sides record;
    kept integer;
    bank uuid;
    counted bigint := NEW.grams;
    cents bigint;
BEGIN
    {ON_OWN_TABLES}
    UPDATE stock_balance SET
        grams = grams + CASE account_id WHEN NEW.destination_id THEN NEW.grams ELSE -NEW.grams END,
        last_movement = NEW.id,
        opening_grams = CASE opened_in WHEN here THEN opening_grams ELSE grams END,
        opening_movement = CASE opened_in WHEN here THEN opening_movement ELSE NEW.id - 1 END,
        opened_in = here
    WHERE account_id IN (NEW.source_id, NEW.destination_id);
    GET DIAGNOSTICS kept = ROW_COUNT;
    IF kept <> 2 THEN
        RAISE EXCEPTION 'an account of movement % has no balance', NEW.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'balances_are_sums_of_movements';
    END IF;
    IF NEW.kind IN ('reserve', 'release', 'move') THEN
        RETURN NULL;
    END IF;

    SELECT lot.supply_source, lot.is_food, lot.is_fresh, lot.is_organic, lot.value_cents_per_kg,
        family.code AS family, giver.kind AS giver, giver.detail AS giver_detail,
        taker.kind AS taker, taker.detail AS taker_detail, coalesce(given.code, taken.code) AS site,
        given.code IS NOT NULL AND taken.code IS NOT NULL AS stays
    INTO sides
    FROM stock_lot lot
    JOIN catalogue_productfamily family ON family.id = lot.family_id
    JOIN stock_account giver ON giver.id = NEW.source_id
    JOIN stock_account taker ON taker.id = NEW.destination_id
    LEFT JOIN sites_location giving ON giving.id = giver.location_id
    LEFT JOIN sites_site given ON given.id = giving.site_id
    LEFT JOIN sites_location taking ON taking.id = taker.location_id
    LEFT JOIN sites_site taken ON taken.id = taking.site_id
    WHERE lot.id = NEW.lot_id;
    IF sides.stays THEN
        RETURN NULL;
    END IF;
    IF sides.site IS NULL THEN
        SELECT site.code INTO sides.site
        FROM stock_account account
        JOIN sites_location location ON location.id = account.location_id
        JOIN sites_site site ON site.id = location.site_id
        WHERE account.lot_id = NEW.lot_id ORDER BY account.id LIMIT 1;
    END IF;
    cents := (NEW.grams * sides.value_cents_per_kg + 500) / 1000;
    IF NEW.reverses_id IS NOT NULL THEN
        counted := -counted;
        cents := -cents;
        SELECT sides.giver, sides.giver_detail, sides.taker, sides.taker_detail
            INTO sides.taker, sides.taker_detail, sides.giver, sides.giver_detail;
    END IF;
    SELECT registry.id INTO bank FROM public.registry_foodbank registry
        WHERE registry.schema_name = TG_TABLE_SCHEMA;

    PERFORM public.federation_count(bank, NEW.occurred_on, sides.site, sides.family, sides.supply_source,
        ends.flow, ends.detail, sides.is_food, sides.is_fresh, sides.is_organic,
        ends.sense * counted, ends.sense * cents)
    FROM (VALUES
        ('donor', '', 'in', '', 1), ('supplier', '', 'in', '', 1),
        ('transit', '', 'arrived', '', 1), ('count', '', 'count', '', 1),
        ('', 'partner', 'out', NEW.party_type, 1), ('', 'loss', 'loss', sides.taker_detail, 1),
        ('', 'transit', 'shipped', '', 1), ('', 'count', 'count', '', -1)
    ) AS ends (leaves, enters, flow, detail, sense)
    WHERE ends.leaves = sides.giver OR ends.enters = sides.taker;
    IF sides.giver = 'transit' THEN
        PERFORM public.transit_leg_append(bank, NEW.transfer_line_id, 'in', counted);
    ELSIF sides.taker = 'transit' THEN
        PERFORM public.transit_leg_append(bank, NEW.transfer_line_id, 'out', counted);
    END IF;
    RETURN NULL;
END $body$
"""

VERIFY_MOVEMENT = f"""
CREATE FUNCTION stock_movement_verified() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $body$
DECLARE
    holds boolean;
BEGIN
    {ON_OWN_TABLES}
    SELECT bool_and(balance.grams = balance.opening_grams + (
            SELECT coalesce(sum(CASE balance.account_id
                WHEN made.destination_id THEN made.grams WHEN made.source_id THEN -made.grams ELSE 0 END), 0)
            FROM stock_movement made
            WHERE made.lot_id = NEW.lot_id AND made.id > balance.opening_movement))
        INTO holds
    FROM stock_balance balance
    WHERE balance.account_id IN (NEW.source_id, NEW.destination_id) AND balance.last_movement = NEW.id;
    IF holds IS FALSE THEN
        RAISE EXCEPTION 'a balance of lot % is not the sum of its movements', NEW.lot_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'balances_are_sums_of_movements';
    END IF;
    RETURN NULL;
END $body$
"""

TRIGGERS = [
    """CREATE TRIGGER movement_entered BEFORE INSERT ON stock_movement
       FOR EACH ROW EXECUTE FUNCTION stock_movement_entered()""",
    """CREATE CONSTRAINT TRIGGER movement_verified AFTER INSERT ON stock_movement
       DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION stock_movement_verified()""",
    "DROP TRIGGER balance_verified ON stock_balance",
    """CREATE CONSTRAINT TRIGGER balance_verified AFTER INSERT OR UPDATE ON stock_balance
       DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (pg_trigger_depth() = 0)
       EXECUTE FUNCTION stock_balance_verified()""",
]


class Migration(migrations.Migration):
    dependencies = [("stock", "0003_search")]
    operations = [
        migrations.AddField(
            model_name="balance",
            name="last_movement",
            field=models.BigIntegerField(db_default=0, editable=False),
        ),
        migrations.AddField(
            model_name="balance",
            name="opened_in",
            field=models.BigIntegerField(db_default=0, editable=False),
        ),
        migrations.AddField(
            model_name="balance",
            name="opening_grams",
            field=models.BigIntegerField(db_default=0, editable=False),
        ),
        migrations.AddField(
            model_name="balance",
            name="opening_movement",
            field=models.BigIntegerField(db_default=0, editable=False),
        ),
        migrations.AlterField(
            model_name="movement",
            name="destination",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="stock.account",
            ),
        ),
        migrations.AlterField(
            model_name="movement",
            name="lot",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="movements",
                to="stock.lot",
            ),
        ),
        migrations.AlterField(
            model_name="movement",
            name="source",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="stock.account",
            ),
        ),
        migrations.RunSQL(
            [ENTER_MOVEMENT, POST_MOVEMENT, VERIFY_MOVEMENT, *TRIGGERS], migrations.RunSQL.noop
        ),
    ]
