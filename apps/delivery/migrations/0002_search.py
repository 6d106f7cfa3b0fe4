"""Keep the search entries of this stage in step with its rows."""

from django.db import migrations

from apps.kernel.migrations._search import following, kept

DELIVERYNOTE = (
    "SELECT r.id, 'delivery.deliverynote', partner.name, r.number, r.received_by, ordered.number, "
    "ARRAY[]::text[], r.partner_id, r.delivered_at, false FROM %1$I.delivery_deliverynote AS r JOIN "
    "%1$I.partners_partner AS partner ON partner.id = r.partner_id JOIN %1$I.delivery_pickinglist AS "
    "picking ON picking.id = r.picking_list_id JOIN %1$I.orders_order AS ordered ON ordered.id = "
    "picking.order_id"
)


class Migration(migrations.Migration):
    dependencies = [("kernel", "0004_search"), ("delivery", "0001_initial"), ("partners", "0001_initial")]
    operations = [
        migrations.RunSQL(
            [
                kept("delivery_deliverynote", "number, partner_id, received_by, delivered_at", DELIVERYNOTE),
                following("partners_partner", "partner_id", "delivery_deliverynote", DELIVERYNOTE),
            ],
            [
                "DROP TRIGGER search_kept ON delivery_deliverynote",
                "DROP TRIGGER search_delivery_deliverynote ON partners_partner",
            ],
        )
    ]
