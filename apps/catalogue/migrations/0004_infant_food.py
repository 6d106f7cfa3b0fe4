"""Food for infants is marked: it is never given past any date."""

from django.db import migrations, models


INFANTS = """
UPDATE catalogue_productfamily SET is_infant_food = true, grace_days = 0 WHERE code = 'INFANTILE'
"""
THEIR_PRODUCTS = """
UPDATE catalogue_product SET grace_days = 0
WHERE grace_days > 0 AND family_id IN (SELECT id FROM catalogue_productfamily WHERE is_infant_food)
"""


class Migration(migrations.Migration):
    dependencies = [
        ("catalogue", "0003_ordered_by_words"),
    ]

    operations = [
        migrations.AddField(
            model_name="productfamily",
            name="is_infant_food",
            field=models.BooleanField(db_default=False, default=False, verbose_name="food for infants"),
        ),
        migrations.AddConstraint(
            model_name="productfamily",
            constraint=models.CheckConstraint(
                condition=models.Q(("is_infant_food", False), ("grace_days", 0), _connector="OR"),
                name="infants_have_no_grace",
            ),
        ),
        migrations.RunSQL(
            [
                INFANTS,
                THEIR_PRODUCTS,
            ],
            migrations.RunSQL.noop,
        ),
    ]
