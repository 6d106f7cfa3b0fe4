"""Find what came and went of a lot without what only moved inside the bank."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("stock", "0011_links_stay")]
    operations = [
        migrations.AddIndex(
            model_name="movement",
            index=models.Index(
                condition=models.Q(("kind__in", ["reserve", "release", "move"]), _negated=True),
                fields=["lot", "kind"],
                name="movement_ends",
            ),
        ),
    ]
