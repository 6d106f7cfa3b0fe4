"""Keep the search entries of this stage in step with its rows."""

from django.db import migrations

from apps.kernel.migrations._search import following, kept

PARTNER = (
    "SELECT r.id, 'partners.partner', r.name, r.code, r.city, concat_ws(' ', r.address, r.postcode, "
    "r.contact_name, r.email), ARRAY[r.phone], r.id, r.created_at, r.archived_at IS NOT NULL FROM "
    "%1$I.partners_partner AS r"
)
STOREDFILE = (
    "SELECT r.id, 'kernel.storedfile', r.name, '', partner.name, '', ARRAY[]::text[], r.partner_id, "
    "r.created_at, r.archived_at IS NOT NULL FROM (SELECT file.*, about.partner_id FROM "
    "%1$I.kernel_storedfile AS file JOIN (SELECT id, partner_id, 'partners.agreement' AS kind FROM "
    "%1$I.partners_agreement UNION ALL SELECT id, partner_id, 'partners.hygienevisit' FROM "
    "%1$I.partners_hygienevisit) AS about ON about.id = file.record_id AND about.kind = "
    "file.record_kind) AS r JOIN %1$I.partners_partner AS partner ON partner.id = r.partner_id"
)


class Migration(migrations.Migration):
    dependencies = [("kernel", "0004_search"), ("partners", "0001_initial")]
    operations = [
        migrations.RunSQL(
            [
                kept(
                    "partners_partner",
                    "name, code, city, address, postcode, contact_name, email, phone, archived_at",
                    PARTNER,
                ),
                kept("kernel_storedfile", "name, record_id, archived_at", STOREDFILE),
                following("partners_partner", "partner_id", "kernel_storedfile", STOREDFILE),
            ],
            [
                "DROP TRIGGER search_kept ON partners_partner",
                "DROP TRIGGER search_kept ON kernel_storedfile",
                "DROP TRIGGER search_kernel_storedfile ON partners_partner",
            ],
        )
    ]
