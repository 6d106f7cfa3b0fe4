"""Long work that somebody asked for; a file may go when a job has made it, and only then."""

import apps.kernel.clock
import apps.kernel.jobs.kinds
import apps.kernel.models
from django.db import migrations, models

KEEP_FILES = """
CREATE FUNCTION kernel_file_kept() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $body$
BEGIN
    RAISE EXCEPTION 'a file of a record is archived, never deleted'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'files_of_records_are_kept';
END $body$
"""
TRIGGER = """
CREATE TRIGGER file_kept BEFORE DELETE ON kernel_storedfile
FOR EACH ROW WHEN (OLD.record_kind <> 'kernel.job') EXECUTE FUNCTION kernel_file_kept()
"""


class Migration(migrations.Migration):
    dependencies = [
        ("kernel", "0004_search"),
    ]

    operations = [
        migrations.CreateModel(
            name="Job",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=apps.kernel.models.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "created_at",
                    models.DateTimeField(
                        default=apps.kernel.clock.now, editable=False, verbose_name="created at"
                    ),
                ),
                (
                    "updated_at",
                    models.DateTimeField(
                        default=apps.kernel.clock.now, editable=False, verbose_name="changed at"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=apps.kernel.jobs.kinds.kind_choices, max_length=40, verbose_name="work"
                    ),
                ),
                ("asked_by_id", models.UUIDField(blank=True, null=True, verbose_name="asked by")),
                ("asked_by_label", models.CharField(max_length=200, verbose_name="asked by")),
                ("language", models.CharField(max_length=10)),
                ("params", models.JSONField(blank=True, default=dict)),
                ("items", models.JSONField(default=list)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("queued", "Waiting"),
                            ("running", "Running"),
                            ("done", "Done"),
                            ("failed", "Failed"),
                            ("cancelled", "Stopped"),
                        ],
                        default="queued",
                        max_length=9,
                        verbose_name="state",
                    ),
                ),
                ("done", models.PositiveIntegerField(default=0, verbose_name="done")),
                ("total", models.PositiveIntegerField(verbose_name="in all")),
                (
                    "attempt",
                    models.PositiveSmallIntegerField(default=0, verbose_name="failures of the present part"),
                ),
                ("message_code", models.CharField(blank=True, max_length=40)),
                ("message_params", models.JSONField(blank=True, default=dict)),
                ("started_at", models.DateTimeField(blank=True, null=True, verbose_name="started at")),
                ("ended_at", models.DateTimeField(blank=True, null=True, verbose_name="ended at")),
                ("heartbeat_at", models.DateTimeField(verbose_name="last sign of life")),
            ],
            options={
                "verbose_name": "background job",
                "verbose_name_plural": "background jobs",
                "ordering": ["-created_at", "-id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("done__lte", models.F("total"))), name="job_done_within_total"
                    )
                ],
            },
        ),
        migrations.RunSQL(
            [KEEP_FILES, TRIGGER],
            ["DROP TRIGGER file_kept ON kernel_storedfile", "DROP FUNCTION kernel_file_kept()"],
        ),
    ]
