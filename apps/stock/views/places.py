"""A location: what lies there, its pallets, its label."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.kernel.abilities import Abilities
from apps.kernel.doors import StaffRequest
from apps.kernel.pages import Action, Column, Kind, Panel, RecordDetail, RecordPage, table_panel
from apps.kernel.pages.pdf import pdf_response
from apps.kernel.templatetags.collecto import both
from apps.sites.models import Location
from apps.stock.abilities import abilities
from apps.stock.papers.places import place_pdf
from apps.stock.selectors import Held, held_at, inspections_lasting, pallets_at
from apps.stock.views.shown import lot_date, lot_state
from apps.stock.views.staff import PALLET_COLUMNS

HELD_COLUMNS = (
    Column(
        label=gettext_lazy("Goods"),
        value="lot.label",
        note=Column(label=gettext_lazy("Lot"), value="lot.number"),
    ),
    Column(label=gettext_lazy("Date"), value=lambda held: lot_date(held.lot)),
    Column(label=gettext_lazy("Free"), value=lambda held: both(held.on_hand_grams, held.lot)),
    Column(label=gettext_lazy("Reserved"), value="reserved_grams", kind=Kind.KG),
)


class PlacePage:
    """What the pages of a location with its goods share."""

    model = Location
    urls = "stock_place"
    abilities = staticmethod(abilities)

    def records(self) -> QuerySet[Location]:
        """Return the locations with their site."""
        return Location.objects.select_related("site")

    def url(self, page: str, record: Location | None = None) -> str:
        """Return the address of a page; the stock stands for the list."""
        if page == "list" or record is None:
            return reverse("stock_lot_list")
        return reverse(f"{self.urls}_{page}", args=[record.pk])


class PlaceDetail(PlacePage, RecordDetail[Location]):
    """What lies at a location, with what can be done there; what the code on its label leads to."""

    fields = (
        Column(label=gettext_lazy("Site"), value="site.name"),
        Column(label=gettext_lazy("Temperature zone"), value="get_zone_display"),
        Column(label=gettext_lazy("Purpose"), value="get_purpose_display"),
        Column(
            label=gettext_lazy("Capacity"),
            value=lambda location: location.capacity_grams or None,
            kind=Kind.KG,
        ),
    )

    def get(self, request: StaffRequest, pk: Any) -> HttpResponse:
        """Show the location; its history stands on its file."""
        self.allowed = self.allowed - {"history"}
        return super().get(request, pk)

    def title(self, record: Location) -> str:
        """Return a title that tells this page from the file of the location."""
        return _("In %(location)s") % {"location": record}

    def actions(self, record: Location, allowed: Abilities) -> list[Action]:
        """Return its file, its label, and a count of what lies there."""
        buttons = [
            Action(label=_("File"), url=reverse("sites_location_detail", args=[record.pk]), icon="warehouse"),
            Action(label=_("Label"), url=self.url("label", record), icon="printer"),
        ]
        if "open_count" in allowed:
            asked = f"?site={record.site_id}&locations={record.pk}"
            url = reverse("stock_sheet_create") + asked
            buttons.append(Action(label=_("Count"), url=url, icon="clipboard-check", primary=True))
        return buttons

    def panels(self, record: Location) -> list[Panel]:
        """Return the lots and the pallets."""
        here = held_at(record)
        until = inspections_lasting([held.lot.pk for held in here])
        state = Column(label=_("State"), value=lambda held: lot_state(held.lot, until.get(held.lot.pk)))
        return [
            table_panel(
                _("What lies here"),
                columns=(*HELD_COLUMNS, state),
                records=here,
                empty=_("Nothing lies here."),
                url_of=lambda held: reverse("stock_lot_detail", args=[held.lot.pk]),
                name_of=lambda held: held.lot.number,
                acts_of=self.acts,
            ),
            table_panel(
                _("Pallets"),
                columns=PALLET_COLUMNS,
                records=pallets_at(record),
                empty=_("No pallet was put here under its number."),
                url_of=lambda pallet: reverse("stock_pallet_detail", args=[pallet.pk]),
            ),
        ]

    def acts(self, held: Held) -> list[Action]:
        """Return the way to move goods from here; everything else stands on the lot's page."""
        if "move" not in self.allowed or not held.on_hand_grams:
            return []
        url = f"{reverse('stock_lot_move', args=[held.lot.pk])}?location={held.location.pk}"
        return [Action(label=_("Move"), url=url)]


class PlaceLabel(PlacePage, RecordPage[Location]):
    """The label of a location as PDF: its code in large, and a QR code that opens its page."""

    def get(self, request: StaffRequest, pk: Any) -> HttpResponse:
        """Send the PDF, for the browser to show and print."""
        content = place_pdf(self.record, base=request.build_absolute_uri("/"))
        return pdf_response(content, name=f"{self.record.site.code}-{self.record.code}.pdf")
