"""Goods of public programmes are stored at locations of their own; food for infants has no grace.

A location reserved for a programme takes its goods and no others; its goods are put into store nowhere else.
At a dock or in quarantine they pass beside others. What lay elsewhere before may leave from there.
"""

from django.db import migrations

ON_OWN_TABLES = """
    PERFORM set_config(
        'search_path', 'pg_catalog, ' || quote_ident(TG_TABLE_SCHEMA) || ', pg_temp', true);
"""

ENTER_MOVEMENT = f"""
CREATE OR REPLACE FUNCTION stock_movement_entered() RETURNS trigger
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
            'ship:on_hand>transit', 'arrive:transit>on_hand', 'arrive:transit>loss',
            'transform:on_hand>workshop', 'produce:workshop>on_hand', 'lose:workshop>loss',
            'return:partner>on_hand'])
            OR NEW.kind IN ('reserve', 'release') AND sides.given_at <> sides.taken_at
        THEN
            RAISE EXCEPTION 'a movement of kind % does not go from % to %', NEW.kind, sides.giver, sides.taker
                USING ERRCODE = 'check_violation', CONSTRAINT = 'movement_fits_its_accounts';
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

    IF sides.taker IN ('reserved', 'partner', 'transit', 'workshop')
        AND (NEW.reverses_id IS NULL OR sides.giver = 'on_hand' AND sides.taker = 'reserved')
    THEN
        IF sides.status = 'blocked' THEN
            RAISE EXCEPTION 'lot % is blocked', NEW.lot_id
                USING ERRCODE = 'check_violation', DETAIL = NEW.lot_id, CONSTRAINT = 'blocked_lots_stay';
        ELSIF sides.purpose = 'quarantine' THEN
            RAISE EXCEPTION 'lot % is in quarantine', NEW.lot_id
                USING ERRCODE = 'check_violation', DETAIL = NEW.lot_id,
                    CONSTRAINT = 'quarantined_goods_stay';
        ELSIF sides.expires_on < NEW.occurred_on AND sides.date_kind = 'USE_BY' THEN
            RAISE EXCEPTION 'the use-by date of lot % has passed', NEW.lot_id
                USING ERRCODE = 'check_violation', DETAIL = NEW.lot_id, CONSTRAINT = 'use_by_is_respected';
        ELSIF sides.expires_on < NEW.occurred_on AND sides.date_kind = 'BEST_BEFORE' THEN
            PERFORM FROM stock_lot lot
            JOIN catalogue_productfamily family ON family.id = lot.family_id
            LEFT JOIN catalogue_product product ON product.id = lot.product_id
            WHERE lot.id = NEW.lot_id
                AND NEW.occurred_on <= lot.expires_on + CASE WHEN family.is_infant_food THEN 0
                    ELSE coalesce(product.grace_days, family.grace_days) END
                AND (SELECT found.passed AND NEW.occurred_on BETWEEN found.inspected_on AND found.valid_until
                    FROM stock_inspection found WHERE found.lot_id = lot.id
                    ORDER BY found.created_at DESC, found.id DESC LIMIT 1);
            IF NOT FOUND THEN
                RAISE EXCEPTION 'lot % is past best before and no inspection lets it leave', NEW.lot_id
                    USING ERRCODE = 'check_violation', DETAIL = NEW.lot_id,
                        CONSTRAINT = 'past_best_before_is_inspected';
            END IF;
        END IF;
    END IF;

    IF NEW.kind IN ('receive', 'move', 'arrive', 'produce', 'return') AND sides.taken_at IS NOT NULL THEN
        PERFORM FROM stock_lot lot
        CROSS JOIN sites_location place
        CROSS JOIN LATERAL (VALUES (CASE WHEN lot.supply_source IN ('FSE_PLUS', 'CNES', 'PURCHASE_MMPT')
            THEN lot.supply_source ELSE '' END)) AS own (programme)
        WHERE lot.id = NEW.lot_id AND place.id = sides.taken_at AND place.programme <> own.programme
            AND (place.programme <> '' OR place.purpose = 'storage');
        IF FOUND THEN
            RAISE EXCEPTION 'lot % may not be put among goods of another programme', NEW.lot_id
                USING ERRCODE = 'check_violation', DETAIL = NEW.lot_id,
                    CONSTRAINT = 'programmes_are_kept_apart';
        END IF;
    END IF;

    NEW.id := nextval('stock_movement_id_seq');
    RETURN NEW;
END $body$
"""


class Migration(migrations.Migration):
    dependencies = [
        ("stock", "0006_workshop_and_returns"),
        ("catalogue", "0004_infant_food"),
        ("sites", "0006_location_programme"),
    ]
    operations = [migrations.RunSQL([ENTER_MOVEMENT], migrations.RunSQL.noop)]
