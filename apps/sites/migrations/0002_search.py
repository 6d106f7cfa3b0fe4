"""Keep the search entries of this stage in step with its rows."""

from django.db import migrations

from apps.kernel.migrations._search import following, kept

SITE = (
    "SELECT r.id, 'sites.site', r.name, r.code, r.city, concat_ws(' ', r.address, r.postcode), "
    "ARRAY[r.phone], NULL::uuid, r.created_at, r.archived_at IS NOT NULL FROM %1$I.sites_site AS r"
)
LOCATION = (
    "SELECT r.id, 'sites.location', r.name, r.code, site.name, '', ARRAY[]::text[], NULL::uuid, "
    "r.created_at, r.archived_at IS NOT NULL FROM %1$I.sites_location AS r JOIN %1$I.sites_site AS "
    "site ON site.id = r.site_id"
)
VEHICLE = (
    "SELECT r.id, 'sites.vehicle', r.name, r.plate, site.name, '', ARRAY[]::text[], NULL::uuid, "
    "r.created_at, r.archived_at IS NOT NULL FROM %1$I.sites_vehicle AS r JOIN %1$I.sites_site AS "
    "site ON site.id = r.site_id"
)


class Migration(migrations.Migration):
    dependencies = [("kernel", "0004_search"), ("sites", "0001_initial")]
    operations = [
        migrations.RunSQL(
            [
                kept("sites_site", "name, code, city, address, postcode, phone, archived_at", SITE),
                kept("sites_location", "name, code, site_id, archived_at", LOCATION),
                following("sites_site", "site_id", "sites_location", LOCATION),
                kept("sites_vehicle", "name, plate, site_id, archived_at", VEHICLE),
                following("sites_site", "site_id", "sites_vehicle", VEHICLE),
            ],
            [
                "DROP TRIGGER search_kept ON sites_site",
                "DROP TRIGGER search_kept ON sites_location",
                "DROP TRIGGER search_sites_location ON sites_site",
                "DROP TRIGGER search_kept ON sites_vehicle",
                "DROP TRIGGER search_sites_vehicle ON sites_site",
            ],
        )
    ]
