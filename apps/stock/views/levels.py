"""Minimum levels: the list with what is missing, and their forms."""

from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.catalogue.models import Product, ProductFamily
from apps.kernel.abilities import Abilities, Actor
from apps.kernel.display import Chip, Tone
from apps.kernel.pages import (
    Action,
    Column,
    Kind,
    Panel,
    RecordArchive,
    RecordCreate,
    RecordDetail,
    RecordEdit,
    RecordList,
    table_panel,
)
from apps.kernel.quantity import format_kg
from apps.kernel.templatetags.collecto import both
from apps.stock import services
from apps.stock.abilities import abilities
from apps.stock.forms import LevelForm, NewLevelForm
from apps.stock.models import MinimumLevel
from apps.stock.selectors import LevelNow, levels_now


class LevelPage:
    """What the pages of a minimum level share."""

    model = MinimumLevel
    urls = "stock_level"
    record_name = "level"
    abilities = staticmethod(abilities)

    def records(self) -> QuerySet[MinimumLevel]:
        """Return the levels with what they are about."""
        return MinimumLevel.objects.select_related("product", "family", "site")


def level_state(now: LevelNow) -> Chip:
    """Return whether the minimum is reached, else what is missing."""
    if now.wanted_grams:
        return Chip(_("%(weight)s missing") % {"weight": format_kg(now.wanted_grams)}, Tone.WARN)
    return Chip(_("Reached"), Tone.OK)


class LevelList(LevelPage, RecordList[MinimumLevel]):
    """The minimum levels, with what there is."""

    columns = (
        Column(
            label=gettext_lazy("Goods"),
            value=str,
            note=Column(label=gettext_lazy("Site"), value="site.name"),
        ),
        Column(label=gettext_lazy("Minimum"), value="minimum_grams", kind=Kind.KG, sort="minimum_grams"),
        Column(label=gettext_lazy("In stock"), value=lambda level: level.now.held_grams, kind=Kind.KG),
        Column(label=gettext_lazy("State"), value=lambda level: level_state(level.now)),
        Column(label=gettext_lazy("Who is told"), value="get_share_display", sort="share"),
    )
    search_fields = ("product__name", "family__name")
    lead = gettext_lazy("What you want to have at least. Donors and other banks see what you choose to tell.")
    empty_text = gettext_lazy("No minimum yet. Set one for a product or a family that people ask for.")

    def found(self) -> Any:
        """Return the levels, each with what there is now."""
        return _with_stock(super().found())

    def actions(self, allowed: Abilities) -> list[Action]:
        """Return the way to a new level."""
        if "set_levels" not in allowed:
            return []
        return [Action(label=_("Set a minimum"), url=self.url("create"), icon="plus", primary=True)]


def _with_stock(levels: QuerySet[MinimumLevel]) -> list[MinimumLevel]:
    """Return levels, each with what there is now (two queries)."""
    found = list(levels)
    for now in levels_now(found):
        now.level.now = now  # type: ignore[attr-defined]
    return found


class LevelDetail(LevelPage, RecordDetail[MinimumLevel]):
    """A minimum level."""

    fields = (
        Column(label=gettext_lazy("Product"), value="product.name"),
        Column(label=gettext_lazy("Family"), value="family.name"),
        Column(label=gettext_lazy("Site"), value="site.name"),
        Column(label=gettext_lazy("Minimum"), value=lambda level: both(level.minimum_grams, level.product)),
        Column(label=gettext_lazy("Who is told"), value="get_share_display"),
        Column(label=gettext_lazy("Say how much is wanted"), value="tells_weight", kind=Kind.YES_NO),
    )

    def state(self, record: MinimumLevel) -> Chip | None:
        """Return whether it is reached."""
        return super().state(record) or level_state(levels_now([record])[0])

    def actions(self, record: MinimumLevel, allowed: Abilities) -> list[Action]:
        """Return what this person may do with it."""
        verbs = frozenset({"edit", "archive"}) if "set_levels" in allowed else frozenset[str]()
        return super().actions(record, verbs)


class LevelCreate(LevelPage, RecordCreate[MinimumLevel]):
    """Sets a minimum."""

    verb = "set_levels"
    title = gettext_lazy("Set a minimum")
    form_class = NewLevelForm
    service = staticmethod(services.level_create)


class LevelEdit(LevelPage, RecordEdit[MinimumLevel]):
    """Changes a minimum."""

    verb = "set_levels"
    title = gettext_lazy("Change the minimum")
    form_class = LevelForm
    service = staticmethod(services.level_update)


class LevelArchive(LevelPage, RecordArchive[MinimumLevel]):
    """Puts a minimum away, or takes it out again."""

    verb = "set_levels"
    service = staticmethod(services.level_archive)


LEVEL_COLUMNS = (
    Column(label=gettext_lazy("Site"), value="level.site.name"),
    Column(label=gettext_lazy("Minimum"), value="level.minimum_grams", kind=Kind.KG),
    Column(label=gettext_lazy("In stock"), value="held_grams", kind=Kind.KG),
    Column(label=gettext_lazy("State"), value=level_state),
)


def panels_of(actor: Actor, goods: Product | ProductFamily) -> list[Panel]:
    """Return the minimum levels of a product or a family for its sheet, with the way to another one."""
    allowed = abilities(actor)
    if "view" not in allowed:
        return []
    kind = "product" if isinstance(goods, Product) else "family"
    found = MinimumLevel.objects.active().select_related("site").filter(**{kind: goods})
    more = f"{reverse('stock_level_create')}?{kind}={goods.pk}"
    return [
        table_panel(
            _("Minimum levels"),
            columns=LEVEL_COLUMNS,
            records=levels_now(found),
            empty=_("No minimum is set."),
            url_of=lambda now: reverse("stock_level_detail", args=[now.level.pk]),
            actions=[Action(label=_("Set a minimum"), url=more, icon="plus")]
            if "set_levels" in allowed
            else [],
        )
    ]
