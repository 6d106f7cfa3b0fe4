"""Keep the search entries of this stage in step with its rows."""

from django.db import migrations

from apps.kernel.migrations._search import following, kept

ROUND = (
    "SELECT r.id, 'rounds.round', coalesce(nullif(r.driver_label, ''), vehicle.name, site.name), "
    "r.number, site.name, concat_ws(' ', to_char(r.day, 'YYYY MM DD'), vehicle.name, vehicle.plate), "
    "ARRAY[]::text[], r.driver_id, (r.day + time '12:00') AT TIME ZONE 'UTC', false FROM %1$I.rounds_round "
    "AS r JOIN %1$I.sites_site AS site ON site.id = r.site_id LEFT JOIN %1$I.sites_vehicle AS "
    "vehicle ON vehicle.id = r.vehicle_id"
)


class Migration(migrations.Migration):
    dependencies = [("kernel", "0004_search"), ("rounds", "0001_initial"), ("sites", "0001_initial")]
    operations = [
        migrations.RunSQL(
            [
                kept("rounds_round", "number, day, site_id, vehicle_id, driver_id, driver_label", ROUND),
                following("sites_site", "site_id", "rounds_round", ROUND),
                following("sites_vehicle", "vehicle_id", "rounds_round", ROUND),
            ],
            [
                "DROP TRIGGER search_kept ON rounds_round",
                "DROP TRIGGER search_rounds_round ON sites_site",
                "DROP TRIGGER search_rounds_round ON sites_vehicle",
            ],
        )
    ]
