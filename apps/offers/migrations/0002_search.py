"""Keep the search entries of this stage in step with its rows."""

from django.db import migrations

from apps.kernel.migrations._search import following, kept

OFFER = (
    "SELECT r.id, 'offers.offer', donor.name, r.number, r.city, '', ARRAY[]::text[], NULL::uuid, "
    "r.created_at, false FROM %1$I.offers_offer AS r JOIN %1$I.donors_donor AS donor ON donor.id = "
    "r.donor_id"
)


class Migration(migrations.Migration):
    dependencies = [("kernel", "0004_search"), ("offers", "0001_initial"), ("donors", "0001_initial")]
    operations = [
        migrations.RunSQL(
            [
                kept("offers_offer", "number, donor_id, city", OFFER),
                following("donors_donor", "donor_id", "offers_offer", OFFER),
            ],
            [
                "DROP TRIGGER search_kept ON offers_offer",
                "DROP TRIGGER search_offers_offer ON donors_donor",
            ],
        )
    ]
