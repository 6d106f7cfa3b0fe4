"""What the search box of a bank looks through, kept by ``public.search_kept``."""

from django.db import migrations, models

import apps.kernel.models


class Migration(migrations.Migration):
    dependencies = [("kernel", "0003_auditentry_who")]

    operations = [
        migrations.CreateModel(
            name="SearchEntry",
            fields=[
                ("record_id", models.UUIDField(editable=False, primary_key=True, serialize=False)),
                ("kind", models.CharField(max_length=40, verbose_name="kind")),
                ("label", models.CharField(max_length=200, verbose_name="name")),
                ("number", models.CharField(blank=True, max_length=40, verbose_name="number")),
                ("detail", models.CharField(blank=True, max_length=200)),
                ("lexemes", apps.kernel.models.LexemesField()),
                ("owner_id", models.UUIDField(null=True)),
                ("moment", models.DateTimeField()),
                ("is_archived", models.BooleanField(default=False)),
            ],
            options={
                "verbose_name": "search entry",
                "verbose_name_plural": "search entries",
                "ordering": ["-moment"],
                "indexes": [models.Index(fields=["-moment"], name="search_recent")],
            },
        ),
        migrations.CreateModel(
            name="SearchWord",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("word", models.CharField(max_length=40)),
                ("grams", apps.kernel.models.GramsField()),
            ],
            options={
                "verbose_name": "search word",
                "verbose_name_plural": "search words",
                "indexes": [models.Index(fields=["word"], name="search_word")],
            },
        ),
        migrations.RunSQL(
            [
                "CREATE INDEX search_lexemes ON kernel_searchentry USING gin (lexemes) WITH (fastupdate = off)",
                "CREATE INDEX search_grams ON kernel_searchword USING gin (grams) WITH (fastupdate = off)",
            ],
            ["DROP INDEX search_grams", "DROP INDEX search_lexemes"],
        ),
    ]
