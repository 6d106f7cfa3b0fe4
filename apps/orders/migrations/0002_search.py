"""Keep the search entries of this stage in step with its rows."""

from django.db import migrations

from apps.kernel.migrations._search import following, kept

ORDER = (
    "SELECT r.id, 'orders.order', partner.name, r.number, '', to_char(r.wanted_on, 'YYYY MM DD'), "
    "ARRAY[]::text[], r.partner_id, r.created_at, false FROM %1$I.orders_order AS r JOIN "
    "%1$I.partners_partner AS partner ON partner.id = r.partner_id"
)


class Migration(migrations.Migration):
    dependencies = [("kernel", "0004_search"), ("orders", "0001_initial"), ("partners", "0001_initial")]
    operations = [
        migrations.RunSQL(
            [
                kept("orders_order", "number, partner_id, wanted_on", ORDER),
                following("partners_partner", "partner_id", "orders_order", ORDER),
            ],
            [
                "DROP TRIGGER search_kept ON orders_order",
                "DROP TRIGGER search_orders_order ON partners_partner",
            ],
        )
    ]
