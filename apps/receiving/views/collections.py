"""National collections: the list, a sheet with the two figures side by side, shops, containers."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from apps.kernel.abilities import Abilities, require
from apps.kernel.doors import StaffRequest, reads
from apps.kernel.pages import (
    Action,
    Column,
    Kind,
    Panel,
    RecordAct,
    RecordArchive,
    RecordCreate,
    RecordDetail,
    RecordEdit,
    RecordList,
    table_panel,
)
from apps.kernel.tables import csv_response
from apps.receiving import services
from apps.receiving.abilities import collecting_abilities
from apps.receiving.forms import CollectionForm, ContainerForm, NewCollectionForm, NewContainerForm, ShopForm
from apps.receiving.models import CollectionShop, Container, NationalCollection
from apps.receiving.selectors import collections_listed, progress_of, shops_of, sorted_families

WEIGHED = Column(
    label=pgettext_lazy("weight", "Weighed"), value="weighed_grams", kind=Kind.KG, sort="weighed_grams"
)
SHOP_COLUMNS = (
    Column(label=_("Shop"), value="name"),
    Column(label=_("Town"), value="city"),
    Column(label=pgettext_lazy("weight", "Weighed"), value="weighed_grams", kind=Kind.KG),
    Column(label=_("Weighings"), value="weighing_count", kind=Kind.NUMBER),
    Column(label=_("Last one"), value="weighed_last", kind=Kind.MOMENT),
)
FAMILY_COLUMNS = (
    Column(label=_("Family"), value="family"),
    Column(label=pgettext_lazy("weight", "Sorted"), value="accepted_grams", kind=Kind.KG),
    Column(label=pgettext_lazy("weight", "Thrown away"), value="refused_grams", kind=Kind.KG),
)


class CollectionPage:
    """What the pages of a collection share."""

    model = NationalCollection
    urls = "receiving_collection"
    abilities = staticmethod(collecting_abilities)
    record_name = "collection"

    def records(self) -> QuerySet[NationalCollection]:
        """Return collections with what was weighed and sorted."""
        return collections_listed()


class CollectionList(CollectionPage, RecordList[NationalCollection]):
    """The collections of the bank, the latest first."""

    columns = (
        Column(label=_("Name"), value="name", sort="name"),
        Column(label=_("First day"), value="starts_on", kind=Kind.DAY, sort="starts_on"),
        Column(label=_("Shops"), value="shop_count", kind=Kind.NUMBER, sort="shop_count"),
        WEIGHED,
        Column(
            label=pgettext_lazy("weight", "Sorted"), value="sorted_grams", kind=Kind.KG, sort="sorted_grams"
        ),
    )
    search_fields = ("name", "shops__name", "shops__city")
    create_label = _("Prepare a collection")
    lead = _("Weighed shop by shop in three days, then sorted family by family for weeks.")
    empty_text = _("No collection yet. Prepare one before its first day, with its shops.")
    acts_in_rows = True

    def row_actions(self, record: NationalCollection) -> list[Action]:
        """Return the scale, for whoever weighs."""
        if "weigh" not in self.allowed or record.is_archived:
            return []
        return [Action(label=_("Weigh"), url=self.url("weigh", record), primary=True)]


class CollectionDetail(CollectionPage, RecordDetail[NationalCollection]):
    """A collection: what was weighed beside what was sorted, its shops, its families."""

    fields = (
        Column(label=_("First day"), value="starts_on", kind=Kind.DAY),
        Column(label=_("Last day"), value="ends_on", kind=Kind.DAY),
        Column(label=_("Sorted at"), value="site.name"),
        Column(label=_("Donor"), value="donor.name"),
        Column(label=_("Tolerance of sorting (%)"), value="tolerance_percent", kind=Kind.NUMBER),
    )

    def panels(self, record: NationalCollection) -> list[Panel]:
        """Return the figures, the shops and the families."""
        figures = {"progress": progress_of(record)}
        return [
            Panel(
                title=_("Weighed and sorted"), template="receiving/collection_figures.html", context=figures
            ),
            self.shops(record),
            table_panel(
                _("Sorted, by family"),
                columns=FAMILY_COLUMNS,
                records=sorted_families(record),
                empty=_("Nothing is sorted yet."),
            ),
        ]

    def shops(self, record: NationalCollection) -> Panel:
        """Return the shops with what each weighed, and how to add one."""
        actions = [Action(label=_("Totals per shop"), url=self.url("totals", record), icon="download")]
        if "weigh" in self.allowed and not record.is_archived:
            actions.insert(0, Action(label=_("Add a shop"), url=self.url("shop_create", record), icon="plus"))
        return table_panel(
            _("Weighed, by shop"),
            columns=SHOP_COLUMNS,
            records=shops_of(record),
            empty=_("No shop yet."),
            actions=actions,
        )

    def actions(self, record: NationalCollection, allowed: Abilities) -> list[Action]:
        """Return the scale and the sorting table first."""
        kept = [action for action in super().actions(record, allowed) if not action.primary]
        if "edit" in allowed and not record.is_archived:
            kept.append(Action(label=_("Change"), url=self.url("edit", record), icon="pencil"))
        if "sort" in allowed and not record.is_archived:
            kept.append(Action(label=_("Sort"), url=self.url("sort", record), icon="boxes"))
        if "weigh" in allowed and not record.is_archived:
            weigh = self.url("weigh", record)
            kept.append(Action(label=_("Weigh"), url=weigh, icon="scale", primary=True))
        return kept


class CollectionCreate(CollectionPage, RecordCreate[NationalCollection]):
    """Prepares a collection."""

    form_class = NewCollectionForm
    service = staticmethod(services.collection_create)
    title = _("Prepare a collection")
    lead = _("Its goods are kept under one anonymous file: dry food and hygiene products only.")


class CollectionEdit(CollectionPage, RecordEdit[NationalCollection]):
    """Changes a collection."""

    form_class = CollectionForm
    service = staticmethod(services.collection_update)
    title = _("Change the collection")


class CollectionArchive(CollectionPage, RecordArchive[NationalCollection]):
    """Puts a collection away once everything is sorted."""

    service = staticmethod(services.collection_archive)


@reads
def collection_totals(request: StaffRequest, pk: Any) -> HttpResponse:
    """Send what each shop weighed as a spreadsheet: for the thanks and for the press."""
    collection = get_object_or_404(collections_listed(), pk=pk)
    require(collecting_abilities(request.actor, collection), "view")
    return csv_response(SHOP_COLUMNS, shops_of(collection), name=slugify(collection.name))


class ShopCreate(CollectionPage, RecordAct[NationalCollection]):
    """Adds a shop to a collection."""

    verb = "weigh"
    form_class = ShopForm
    service = staticmethod(services.shop_create)
    title = _("Add a shop")
    success = _("%(record)s takes part.")

    def form(self, data: Any = None, files: Any = None) -> forms.BaseForm:
        """Return the form of a shop of this collection."""
        return ShopForm(data, instance=CollectionShop(collection=self.record), label_suffix="")

    def perform(self, form: forms.BaseForm) -> Any:
        """Add the shop; the message names it."""
        assert isinstance(form, ShopForm)  # noqa: S101 - the form made above
        return self.service(self.request.actor, collection=self.record, **form.cleaned_data)

    def success_url(self, record: Any) -> str:
        """Return the choice of shops, where weighing goes on."""
        return self.url("weigh", self.record)


class ShopEdit(RecordEdit[CollectionShop]):
    """Changes a shop of a collection."""

    model = CollectionShop
    urls = "receiving_collection"
    abilities = staticmethod(collecting_abilities)
    record_name = "shop"
    form_class = ShopForm
    service = staticmethod(services.shop_update)
    title = _("Change the shop")

    def records(self) -> QuerySet[CollectionShop]:
        """Return the shops with their collection."""
        return CollectionShop.objects.select_related("collection", "donor")

    def perform(self, form: forms.BaseForm) -> CollectionShop:
        """Change the shop; the key of the form is for new ones."""
        assert isinstance(form, ShopForm)  # noqa: S101 - the form named above
        fields = {name: form.cleaned_data[name] for name in ("name", "city", "donor")}
        return services.shop_update(self.request.actor, shop=self.record, **fields)

    def url(self, page: str, record: CollectionShop | None = None) -> str:
        """Return a page of its collection: a shop has no sheet of its own."""
        about = {"pk": record.collection_id} if record else None
        return reverse(f"receiving_collection_{page}", kwargs=about)


class ContainerPage:
    """What the pages of a container share."""

    model = Container
    urls = "receiving_container"
    abilities = staticmethod(collecting_abilities)
    record_name = "container"

    def success_url(self, record: Container) -> str:
        """Return the list: a container has no sheet of its own."""
        return self.url("list")  # type: ignore[attr-defined,no-any-return]

    def back_url(self) -> str:
        """Return the list."""
        return self.url("list")  # type: ignore[attr-defined,no-any-return]


class ContainerList(ContainerPage, RecordList[Container]):
    """What goods are weighed in."""

    columns = (
        Column(label=_("Name"), value="name", sort="name"),
        Column(label=_("Empty weight"), value="tare_grams", kind=Kind.KG, sort="tare_grams"),
    )
    search_fields = ("name",)
    create_label = _("Add a container")
    lead = _("What crates, pallets and boxes weigh empty: taken off when they stand on the scale.")
    empty_text = _("No container yet. Without one, what the scale shows is the weight of the goods.")
    acts_in_rows = True

    def row_url(self, record: Container) -> str:
        """Return the form, for whoever may change it: there is no other sheet."""
        return self.url("edit", record) if "edit" in self.allowed else ""

    def row_actions(self, record: Container) -> list[Action]:
        """Return how to put a container away, or take it out again."""
        if "archive" not in self.allowed:
            return []
        url = self.url("archive", record)
        if record.is_archived:
            return [Action(label=_("Restore"), url=f"{url}?archived=0", post=True)]
        return [Action(label=_("Archive"), url=url, asks=True)]


class ContainerCreate(ContainerPage, RecordCreate[Container]):
    """Adds a container."""

    form_class = NewContainerForm
    service = staticmethod(services.container_create)
    title = _("Add a container")


class ContainerEdit(ContainerPage, RecordEdit[Container]):
    """Changes a container."""

    form_class = ContainerForm
    service = staticmethod(services.container_update)
    title = _("Change the container")
    lead = _("What was weighed in it keeps the empty weight of its day.")


class ContainerArchive(ContainerPage, RecordArchive[Container]):
    """Puts a container away, or takes it out again."""

    service = staticmethod(services.container_archive)

    def url(self, page: str, record: Container | None = None) -> str:
        """Return a page of the file; a container has no sheet but the list."""
        return super().url("list") if page == "detail" else super().url(page, record)
