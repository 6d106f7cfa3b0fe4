"""The notes of a day are printed together: they are found by their day."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("delivery", "0004_issued_as_it_was")]

    operations = [
        migrations.AddIndex(
            model_name="deliverynote",
            index=models.Index(fields=["delivered_on"], name="delivery_note_day"),
        ),
    ]
