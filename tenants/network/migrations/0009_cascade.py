import apps.kernel.clock
import apps.kernel.models
import django.core.validators
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("network", "0008_needs"),
        ("registry", "0008_own_reader"),
    ]

    operations = [
        migrations.CreateModel(
            name="RoutingPolicy",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=apps.kernel.models.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "set_at",
                    models.DateTimeField(
                        default=apps.kernel.clock.now, editable=False, verbose_name="set on"
                    ),
                ),
                ("actor_id", models.UUIDField(editable=False, null=True, verbose_name="actor")),
                (
                    "actor_label",
                    models.CharField(blank=True, editable=False, max_length=200, verbose_name="actor"),
                ),
                ("reason", models.CharField(max_length=500, verbose_name="reason")),
                (
                    "theta",
                    models.FloatField(
                        default=10.0,
                        help_text="What one kilometre of a trip must earn: the higher, the nearer the food stays.",
                        validators=[
                            django.core.validators.MinValueValidator(0),
                            django.core.validators.MaxValueValidator(1000),
                        ],
                        verbose_name="kilos per kilometre",
                    ),
                ),
                (
                    "alpha",
                    models.FloatField(
                        default=2.0,
                        help_text="0: only kilos count. 2: a kilo counts four times at a bank served half as well.",
                        validators=[
                            django.core.validators.MinValueValidator(0),
                            django.core.validators.MaxValueValidator(10),
                        ],
                        verbose_name="weight of fairness",
                    ),
                ),
                (
                    "trip_km",
                    models.FloatField(
                        default=15.0,
                        help_text="What each bank added to a trip costs, beside the road: the higher, the fewer banks.",
                        validators=[
                            django.core.validators.MinValueValidator(0),
                            django.core.validators.MaxValueValidator(500),
                        ],
                        verbose_name="kilometres of a stop",
                    ),
                ),
                (
                    "guard",
                    models.FloatField(
                        default=0.0,
                        help_text="0.7: the emptiest bank in reach is always asked when it got less than 70 % of the mean.",
                        validators=[
                            django.core.validators.MinValueValidator(0),
                            django.core.validators.MaxValueValidator(1),
                        ],
                        verbose_name="guard of the emptiest",
                    ),
                ),
                (
                    "most_banks",
                    models.PositiveSmallIntegerField(
                        default=3,
                        help_text="More are asked only where an offer does not fit into so many.",
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(3),
                        ],
                        verbose_name="banks asked at once",
                    ),
                ),
                (
                    "home_first",
                    models.BooleanField(
                        default=True,
                        help_text="The bank that serves the department is asked alone, before the others.",
                        verbose_name="first refusal of the home bank",
                    ),
                ),
                (
                    "hours_day",
                    models.PositiveSmallIntegerField(
                        default=2,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(168),
                        ],
                        verbose_name="hours to answer, 1 day left",
                    ),
                ),
                (
                    "hours_days",
                    models.PositiveSmallIntegerField(
                        default=4,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(168),
                        ],
                        verbose_name="hours to answer, 2 or 3 days left",
                    ),
                ),
                (
                    "hours_week",
                    models.PositiveSmallIntegerField(
                        default=12,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(168),
                        ],
                        verbose_name="hours to answer, up to 7 days left",
                    ),
                ),
                (
                    "hours_month",
                    models.PositiveSmallIntegerField(
                        default=24,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(168),
                        ],
                        verbose_name="hours to answer, up to 30 days left",
                    ),
                ),
                (
                    "hours_longest",
                    models.PositiveSmallIntegerField(
                        default=48,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(168),
                        ],
                        verbose_name="hours to answer, food that keeps",
                    ),
                ),
            ],
            options={
                "verbose_name": "routing settings",
                "verbose_name_plural": "routing settings",
                "ordering": ["-set_at", "-id"],
            },
        ),
        migrations.CreateModel(
            name="BankRouting",
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
                    "weekly_need_grams",
                    models.PositiveBigIntegerField(blank=True, null=True, verbose_name="need per week"),
                ),
                (
                    "takes_automatically",
                    models.BooleanField(
                        default=False,
                        verbose_name="take automatically",
                    ),
                ),
                (
                    "ambient_auto_grams",
                    models.PositiveBigIntegerField(
                        blank=True, null=True, verbose_name="taken by itself, ambient"
                    ),
                ),
                (
                    "chilled_auto_grams",
                    models.PositiveBigIntegerField(
                        blank=True, null=True, verbose_name="taken by itself, chilled"
                    ),
                ),
                (
                    "frozen_auto_grams",
                    models.PositiveBigIntegerField(
                        blank=True, null=True, verbose_name="taken by itself, frozen"
                    ),
                ),
                (
                    "ambient_most_grams",
                    models.PositiveBigIntegerField(blank=True, null=True, verbose_name="at most, ambient"),
                ),
                (
                    "chilled_most_grams",
                    models.PositiveBigIntegerField(blank=True, null=True, verbose_name="at most, chilled"),
                ),
                (
                    "frozen_most_grams",
                    models.PositiveBigIntegerField(blank=True, null=True, verbose_name="at most, frozen"),
                ),
                (
                    "ambient_free_grams",
                    models.PositiveBigIntegerField(blank=True, null=True, verbose_name="room free, ambient"),
                ),
                (
                    "chilled_free_grams",
                    models.PositiveBigIntegerField(blank=True, null=True, verbose_name="room free, chilled"),
                ),
                (
                    "frozen_free_grams",
                    models.PositiveBigIntegerField(blank=True, null=True, verbose_name="room free, frozen"),
                ),
                ("closed_weekdays", models.JSONField(blank=True, default=list, verbose_name="never on")),
                ("closed_days", models.JSONField(blank=True, default=list, verbose_name="closed on")),
                (
                    "bank",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="routing",
                        to="registry.foodbank",
                        verbose_name="food bank",
                    ),
                ),
            ],
            options={
                "verbose_name": "standing rules",
                "verbose_name_plural": "standing rules",
                "ordering": ["bank_id"],
            },
        ),
        migrations.CreateModel(
            name="RoutingAct",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=apps.kernel.models.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("at", models.DateTimeField(default=apps.kernel.clock.now, verbose_name="at")),
                (
                    "action",
                    models.CharField(
                        choices=[("placed", "Placed by hand"), ("closed", "Closed by hand")],
                        max_length=10,
                        verbose_name="act",
                    ),
                ),
                ("bank_label", models.CharField(blank=True, max_length=120, verbose_name="food bank")),
                ("grams", models.PositiveBigIntegerField(blank=True, null=True, verbose_name="proposed")),
                ("reason", models.CharField(max_length=500, verbose_name="reason")),
                (
                    "offer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="acts",
                        to="network.networkoffer",
                    ),
                ),
            ],
            options={
                "verbose_name": "act of the federation",
                "verbose_name_plural": "acts of the federation",
                "ordering": ["at", "id"],
            },
        ),
        migrations.CreateModel(
            name="RoutingActor",
            fields=[
                (
                    "act",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="actor",
                        serialize=False,
                        to="network.routingact",
                    ),
                ),
                ("actor_id", models.UUIDField(null=True, verbose_name="actor")),
                ("actor_label", models.CharField(max_length=200, verbose_name="actor")),
            ],
            options={
                "verbose_name": "person behind an act of the federation",
                "verbose_name_plural": "persons behind acts of the federation",
            },
        ),
        migrations.CreateModel(
            name="RoutingGrounds",
            fields=[
                (
                    "step",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="grounds",
                        serialize=False,
                        to="network.routingstep",
                    ),
                ),
                (
                    "room_grams",
                    models.PositiveBigIntegerField(null=True, verbose_name="room free"),
                ),
                ("fill", models.FloatField(null=True, verbose_name="need met")),
                ("mean_fill", models.FloatField(null=True, verbose_name="need met on average")),
                ("marginal", models.FloatField(null=True, verbose_name="worth of the next gram")),
                (
                    "bank",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="registry.foodbank",
                        verbose_name="food bank",
                    ),
                ),
            ],
            options={
                "verbose_name": "grounds of a routing step",
                "verbose_name_plural": "grounds of routing steps",
            },
        ),
    ]
