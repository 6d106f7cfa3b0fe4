"""Keep the search entries of this stage in step with its rows."""

from django.db import migrations

from apps.kernel.migrations._search import kept

DONOR = (
    "SELECT r.id, 'donors.donor', r.name, r.code, r.city, concat_ws(' ', r.address, r.postcode, "
    "r.contact_name, r.email), ARRAY[r.siret, r.phone], NULL::uuid, r.created_at, r.archived_at IS "
    "NOT NULL FROM %1$I.donors_donor AS r"
)


class Migration(migrations.Migration):
    dependencies = [("kernel", "0004_search"), ("donors", "0001_initial")]
    operations = [
        migrations.RunSQL(
            [
                kept(
                    "donors_donor",
                    "name, code, city, address, postcode, contact_name, email, siret, phone, archived_at",
                    DONOR,
                ),
            ],
            [
                "DROP TRIGGER search_kept ON donors_donor",
            ],
        )
    ]
