"""Goods go to the workshop and come out of it, partners return goods, dates passed need an inspection.

To what ``0002_ledger`` says is counted, this adds:

=====================  =========================================================
from partner (return)  ``out`` backwards, detail = type of the partner
to workshop            ``used``
from workshop          ``made``
from workshop to loss  ``loss``, and ``used`` backwards: what is lost was not used
=====================  =========================================================

Hence, to the gram: stock of a bank = in - out - loss + count - shipped + arrived - used + made. A loss in the
workshop has no inside end: it counts at the site where its lot first lay.

Goods past best before leave only within the days of grace and while the newest inspection of their lot lets
them; that is looked up only when the date has passed. What may not leave may not be taken to the workshop
either, nor be reserved again by reversing a release.
"""

import apps.kernel.clock
import apps.kernel.models
import django.db.models.deletion
from django.db import migrations, models

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
                AND NEW.occurred_on <= lot.expires_on + coalesce(product.grace_days, family.grace_days)
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
        ('', 'transit', 'shipped', '', 1), ('', 'count', 'count', '', -1),
        ('partner', '', 'out', NEW.party_type, -1), ('', 'workshop', 'used', '', 1),
        ('workshop', '', CASE sides.taker WHEN 'loss' THEN 'used' ELSE 'made' END, '',
            CASE sides.taker WHEN 'loss' THEN -1 ELSE 1 END)
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


class Migration(migrations.Migration):
    dependencies = [
        ("stock", "0005_pallet"),
    ]

    operations = [
        migrations.CreateModel(
            name="Inspection",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=apps.kernel.models.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "created_at",
                    models.DateTimeField(
                        default=apps.kernel.clock.now, editable=False, verbose_name="created at"
                    ),
                ),
                (
                    "updated_at",
                    models.DateTimeField(
                        default=apps.kernel.clock.now, editable=False, verbose_name="changed at"
                    ),
                ),
                ("op_key", models.UUIDField(editable=False, unique=True)),
                ("inspected_on", models.DateField(verbose_name="inspected on")),
                ("inspector_id", models.UUIDField(editable=False, null=True)),
                ("inspector_label", models.CharField(max_length=200, verbose_name="inspected by")),
                ("packaging_intact", models.BooleanField(verbose_name="packaging intact")),
                (
                    "storage_respected",
                    models.BooleanField(verbose_name="storage and transport conditions respected"),
                ),
                (
                    "life_suffices",
                    models.BooleanField(verbose_name="enough life left for those who will eat it"),
                ),
                (
                    "freezing_checked",
                    models.BooleanField(blank=True, null=True, verbose_name="freezing date known and shown"),
                ),
                ("senses_good", models.BooleanField(verbose_name="look, smell and taste as they should be")),
                ("traceable", models.BooleanField(verbose_name="donor, lot and date can be read")),
                ("passed", models.BooleanField(verbose_name="may leave")),
                ("valid_until", models.DateField(blank=True, null=True, verbose_name="may leave until")),
                ("comment", models.CharField(blank=True, max_length=300, verbose_name="comment")),
            ],
            options={
                "verbose_name": "inspection",
                "verbose_name_plural": "inspections",
                "ordering": ["-created_at", "-id"],
            },
        ),
        migrations.RemoveConstraint(
            model_name="movement",
            name="delivery_names_its_partner",
        ),
        migrations.AlterField(
            model_name="movement",
            name="kind",
            field=models.CharField(
                choices=[
                    ("receive", "Received"),
                    ("move", "Moved"),
                    ("reserve", "Reserved"),
                    ("release", "Released"),
                    ("deliver", "Delivered"),
                    ("lose", "Lost"),
                    ("count", "Counted"),
                    ("ship", "Shipped to another bank"),
                    ("arrive", "Arrived from another bank"),
                    ("transform", "Taken to the workshop"),
                    ("produce", "Made in the workshop"),
                    ("return", "Returned by a partner"),
                    ("reverse", "Reversed"),
                ],
                max_length=12,
                verbose_name="movement",
            ),
        ),
        migrations.AddConstraint(
            model_name="movement",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind__in", ["deliver", "return"]), _negated=True),
                    models.Q(("party_id__isnull", False), models.Q(("party_type", ""), _negated=True)),
                    _connector="OR",
                ),
                name="delivery_names_its_partner",
            ),
        ),
        migrations.AddField(
            model_name="inspection",
            name="lot",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="inspections",
                to="stock.lot",
                verbose_name="lot",
            ),
        ),
        migrations.AddIndex(
            model_name="inspection",
            index=models.Index(fields=["lot", "-created_at", "-id"], name="inspection_of_lot"),
        ),
        migrations.AddConstraint(
            model_name="inspection",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("passed", False),
                    models.Q(
                        ("life_suffices", True),
                        ("packaging_intact", True),
                        ("senses_good", True),
                        ("storage_respected", True),
                        ("traceable", True),
                        ("valid_until__gte", models.F("inspected_on")),
                        ("valid_until__isnull", False),
                        models.Q(
                            ("freezing_checked", True), ("freezing_checked__isnull", True), _connector="OR"
                        ),
                    ),
                    _connector="OR",
                ),
                name="inspection_passes_on_every_check",
            ),
        ),
        migrations.RunSQL([ENTER_MOVEMENT, POST_MOVEMENT], migrations.RunSQL.noop),
    ]
