"""Keep the search entries of this stage in step with its rows."""

from django.db import migrations

from apps.kernel.migrations._search import following, kept

PRODUCT = (
    "SELECT r.id, 'catalogue.product', r.name, r.ref, family.name, '', ARRAY[r.gtin], NULL::uuid, "
    "r.created_at, r.archived_at IS NOT NULL FROM %1$I.catalogue_product AS r JOIN "
    "%1$I.catalogue_productfamily AS family ON family.id = r.family_id"
)
PRODUCTFAMILY = (
    "SELECT r.id, 'catalogue.productfamily', r.name, '', '', r.code, ARRAY[r.code], NULL::uuid, "
    "r.created_at, r.archived_at IS NOT NULL FROM %1$I.catalogue_productfamily AS r"
)


class Migration(migrations.Migration):
    dependencies = [("kernel", "0004_search"), ("catalogue", "0001_initial")]
    operations = [
        migrations.RunSQL(
            [
                kept("catalogue_product", "name, ref, gtin, family_id, archived_at", PRODUCT),
                following("catalogue_productfamily", "family_id", "catalogue_product", PRODUCT),
                kept("catalogue_productfamily", "name, code, archived_at", PRODUCTFAMILY),
            ],
            [
                "DROP TRIGGER search_kept ON catalogue_product",
                "DROP TRIGGER search_catalogue_product ON catalogue_productfamily",
                "DROP TRIGGER search_kept ON catalogue_productfamily",
            ],
        )
    ]
