"""What the database guarantees about the ledger, whoever writes and by whatever door.

Every function works on the schema of the table that fired it (``TG_TABLE_SCHEMA``) and names no other
schema than ``public``: the same text serves each bank, and a restored copy never writes into the live
one. Refusals carry SQLSTATE 23514 and a constraint name that ``apps/stock/ledger.py`` turns into a
sentence.

What a movement counts (``public.federation_count``): each of its two ends that lies outside the bank
counts once, with the site of its inside end.

====================  ==========================================================
from donor, supplier  ``in``
from transit          ``arrived``; a transport loss therefore counts as ``arrived`` and as ``loss``
to partner            ``out``, detail = type of the partner
to loss               ``loss``, detail = reason
to transit            ``shipped``
from or to count      ``count``, plus or minus
reversal              the opposite of the movement it reverses
====================  ==========================================================

Hence, to the gram: stock of a bank = in - out - loss + count - shipped + arrived; and for the network
shipped - arrived = what is on the road. A transport loss has no inside end: it counts at the site where
its lot arrived.
"""

from django.db import migrations

OPEN_ACCOUNT = """
CREATE FUNCTION stock_account_opened() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $body$
BEGIN
    EXECUTE format(
        'INSERT INTO %I.stock_balance (account_id, grams, is_inside) VALUES ($1, 0, $2)', TG_TABLE_SCHEMA
    ) USING NEW.id, NEW.kind IN ('on_hand', 'reserved');
    RETURN NULL;
END $body$
"""

POST_MOVEMENT = """
CREATE FUNCTION stock_movement_posted() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $body$
DECLARE
    find_lot constant text := format(
        'SELECT lot.id, lot.status, lot.date_kind, lot.expires_on, lot.supply_source, lot.is_food,'
        '  lot.is_fresh, lot.is_organic, lot.value_cents_per_kg, family.code AS family'
        ' FROM %1$I.stock_lot lot JOIN %1$I.catalogue_productfamily family ON family.id = lot.family_id'
        ' WHERE lot.id = $1 FOR NO KEY UPDATE OF lot', TG_TABLE_SCHEMA);
    find_account constant text := format(
        'SELECT account.kind, account.detail, account.location_id, location.purpose, site.code AS site'
        ' FROM %1$I.stock_account account'
        ' LEFT JOIN %1$I.sites_location location ON location.id = account.location_id'
        ' LEFT JOIN %1$I.sites_site site ON site.id = location.site_id'
        ' WHERE account.id = $1 AND account.lot_id = $2', TG_TABLE_SCHEMA);
    add constant text := format(
        'UPDATE %I.stock_balance SET grams = grams + $2 WHERE account_id = $1', TG_TABLE_SCHEMA);
    lot record;
    giver record;
    taker record;
    mirrored boolean;
    bank uuid;
    site text;
    counted bigint := NEW.grams;
    cents bigint;
BEGIN
    EXECUTE find_lot INTO lot USING NEW.lot_id;
    EXECUTE find_account INTO giver USING NEW.source_id, NEW.lot_id;
    EXECUTE find_account INTO taker USING NEW.destination_id, NEW.lot_id;
    IF lot.id IS NULL OR giver.kind IS NULL OR taker.kind IS NULL THEN
        RAISE EXCEPTION 'both accounts of a movement belong to its lot'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'movement_within_one_lot';
    END IF;

    IF NEW.reverses_id IS NULL THEN
        IF (NEW.kind || ':' || giver.kind || '>' || taker.kind) <> ALL (ARRAY[
            'receive:donor>on_hand', 'receive:supplier>on_hand', 'move:on_hand>on_hand',
            'reserve:on_hand>reserved', 'release:reserved>on_hand', 'deliver:reserved>partner',
            'lose:on_hand>loss', 'count:on_hand>count', 'count:count>on_hand',
            'ship:on_hand>transit', 'arrive:transit>on_hand', 'arrive:transit>loss'])
            OR NEW.kind IN ('reserve', 'release') AND giver.location_id <> taker.location_id
        THEN
            RAISE EXCEPTION 'a movement of kind % does not go from % to %', NEW.kind, giver.kind, taker.kind
                USING ERRCODE = 'check_violation', CONSTRAINT = 'movement_fits_its_accounts';
        END IF;
    ELSE
        EXECUTE format(
            'SELECT true FROM %I.stock_movement made'
            ' WHERE made.id = $1 AND made.lot_id = $2 AND made.source_id = $4 AND made.destination_id = $3'
            ' AND made.grams = $5 AND made.transfer_line_id IS NOT DISTINCT FROM $6'
            ' AND made.reverses_id IS NULL', TG_TABLE_SCHEMA
        ) INTO mirrored USING NEW.reverses_id, NEW.lot_id, NEW.source_id, NEW.destination_id, NEW.grams,
            NEW.transfer_line_id;
        IF mirrored IS NOT TRUE OR NEW.kind <> 'reverse' THEN
            RAISE EXCEPTION 'a reversal mirrors the movement it reverses'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'reversal_mirrors_its_movement';
        END IF;
    END IF;

    IF NEW.reverses_id IS NULL AND taker.kind IN ('reserved', 'partner', 'transit') THEN
        IF lot.status = 'blocked' THEN
            RAISE EXCEPTION 'lot % is blocked', NEW.lot_id
                USING ERRCODE = 'check_violation', DETAIL = NEW.lot_id, CONSTRAINT = 'blocked_lots_stay';
        ELSIF giver.purpose = 'quarantine' THEN
            RAISE EXCEPTION 'lot % is in quarantine', NEW.lot_id
                USING ERRCODE = 'check_violation', DETAIL = NEW.lot_id, CONSTRAINT = 'quarantined_goods_stay';
        ELSIF lot.date_kind = 'USE_BY' AND lot.expires_on < NEW.occurred_on THEN
            RAISE EXCEPTION 'the use-by date of lot % has passed', NEW.lot_id
                USING ERRCODE = 'check_violation', DETAIL = NEW.lot_id, CONSTRAINT = 'use_by_is_respected';
        END IF;
    END IF;

    IF NEW.source_id < NEW.destination_id THEN
        EXECUTE add USING NEW.source_id, -NEW.grams;
        EXECUTE add USING NEW.destination_id, NEW.grams;
    ELSE
        EXECUTE add USING NEW.destination_id, NEW.grams;
        EXECUTE add USING NEW.source_id, -NEW.grams;
    END IF;

    IF giver.site IS NOT NULL AND taker.site IS NOT NULL THEN
        RETURN NULL;
    END IF;
    site := coalesce(giver.site, taker.site);
    IF site IS NULL THEN
        EXECUTE format(
            'SELECT site.code FROM %1$I.stock_account account'
            ' JOIN %1$I.sites_location location ON location.id = account.location_id'
            ' JOIN %1$I.sites_site site ON site.id = location.site_id'
            ' WHERE account.lot_id = $1 ORDER BY account.id LIMIT 1', TG_TABLE_SCHEMA
        ) INTO site USING NEW.lot_id;
    END IF;
    cents := (NEW.grams * lot.value_cents_per_kg + 500) / 1000;
    IF NEW.reverses_id IS NOT NULL THEN
        counted := -counted;
        cents := -cents;
        SELECT giver.kind, giver.detail, taker.kind, taker.detail
            INTO taker.kind, taker.detail, giver.kind, giver.detail;
    END IF;
    SELECT registry.id INTO bank FROM public.registry_foodbank registry
        WHERE registry.schema_name = TG_TABLE_SCHEMA;

    PERFORM public.federation_count(bank, NEW.occurred_on, site, lot.family, lot.supply_source,
        ends.flow, ends.detail, lot.is_food, lot.is_fresh, lot.is_organic,
        ends.sense * counted, ends.sense * cents)
    FROM (VALUES
        ('donor', '', 'in', '', 1), ('supplier', '', 'in', '', 1),
        ('transit', '', 'arrived', '', 1), ('count', '', 'count', '', 1),
        ('', 'partner', 'out', NEW.party_type, 1), ('', 'loss', 'loss', taker.detail, 1),
        ('', 'transit', 'shipped', '', 1), ('', 'count', 'count', '', -1)
    ) AS ends (leaves, enters, flow, detail, sense)
    WHERE ends.leaves = giver.kind OR ends.enters = taker.kind;
    IF giver.kind = 'transit' THEN
        PERFORM public.transit_leg_append(bank, NEW.transfer_line_id, 'in', counted);
    ELSIF taker.kind = 'transit' THEN
        PERFORM public.transit_leg_append(bank, NEW.transfer_line_id, 'out', counted);
    END IF;
    RETURN NULL;
END $body$
"""

VERIFY_BALANCE = """
CREATE FUNCTION stock_balance_verified() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $body$
DECLARE
    holds boolean;
BEGIN
    EXECUTE format(
        'SELECT balance.grams'
        '  = coalesce((SELECT sum(grams) FROM %1$I.stock_movement WHERE destination_id = $1), 0)'
        '  - coalesce((SELECT sum(grams) FROM %1$I.stock_movement WHERE source_id = $1), 0)'
        ' FROM %1$I.stock_balance balance WHERE balance.account_id = $1', TG_TABLE_SCHEMA
    ) INTO holds USING NEW.account_id;
    IF holds IS NOT TRUE THEN
        RAISE EXCEPTION 'the balance of account % is not the sum of its movements', NEW.account_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'balances_are_sums_of_movements';
    END IF;
    RETURN NULL;
END $body$
"""

FREEZE = """
CREATE FUNCTION stock_ledger_frozen() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $body$
BEGIN
    RAISE EXCEPTION 'ledger rows are append-only'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_is_append_only';
END $body$
"""

FIX_ORIGIN = """
CREATE FUNCTION stock_lot_origin_fixed() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $body$
BEGIN
    RAISE EXCEPTION 'the origin of a lot never changes'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'lot_origin_is_fixed';
END $body$
"""

ORIGIN = (
    "number", "family_id", "product_id", "supply_source", "campaign", "donor_id", "donor_label",
    "receipt_line_id", "received_on", "is_food", "is_fresh", "is_organic", "value_cents_per_kg",
    "origin_bank_id", "origin_bank_label", "origin_lot_id",
)  # fmt: skip
"""What a lot is born with; its figures were counted under these."""


def row(alias: str) -> str:
    return f"({', '.join(f'{alias}.{column}' for column in ORIGIN)})"


TRIGGERS = [
    """CREATE TRIGGER account_opened AFTER INSERT ON stock_account
       FOR EACH ROW EXECUTE FUNCTION stock_account_opened()""",
    """CREATE TRIGGER movement_posted AFTER INSERT ON stock_movement
       FOR EACH ROW EXECUTE FUNCTION stock_movement_posted()""",
    """CREATE CONSTRAINT TRIGGER balance_verified AFTER INSERT OR UPDATE ON stock_balance
       DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION stock_balance_verified()""",
    """CREATE TRIGGER movement_frozen BEFORE UPDATE OR DELETE ON stock_movement
       FOR EACH ROW EXECUTE FUNCTION stock_ledger_frozen()""",
    """CREATE TRIGGER movement_kept BEFORE TRUNCATE ON stock_movement
       EXECUTE FUNCTION stock_ledger_frozen()""",
    """CREATE TRIGGER account_frozen BEFORE UPDATE OR DELETE ON stock_account
       FOR EACH ROW EXECUTE FUNCTION stock_ledger_frozen()""",
    """CREATE TRIGGER account_kept BEFORE TRUNCATE ON stock_account
       EXECUTE FUNCTION stock_ledger_frozen()""",
    """CREATE TRIGGER balance_frozen BEFORE DELETE ON stock_balance
       FOR EACH ROW EXECUTE FUNCTION stock_ledger_frozen()""",
    """CREATE TRIGGER balance_kept BEFORE TRUNCATE ON stock_balance
       EXECUTE FUNCTION stock_ledger_frozen()""",
    f"""CREATE TRIGGER lot_origin_fixed BEFORE UPDATE ON stock_lot
       FOR EACH ROW WHEN ({row("OLD")} IS DISTINCT FROM {row("NEW")})
       EXECUTE FUNCTION stock_lot_origin_fixed()""",
]


class Migration(migrations.Migration):
    dependencies = [("stock", "0001_initial")]
    operations = [
        migrations.RunSQL(
            [
                "ALTER TABLE stock_balance SET (fillfactor = 50)",
                OPEN_ACCOUNT,
                POST_MOVEMENT,
                VERIFY_BALANCE,
                FREEZE,
                FIX_ORIGIN,
                *TRIGGERS,
            ],
            migrations.RunSQL.noop,
        )
    ]
