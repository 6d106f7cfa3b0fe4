"""Pages of the catalogue: products and families."""

from dataclasses import replace
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _

from apps.catalogue import rules, services
from apps.catalogue.abilities import abilities
from apps.catalogue.forms import (
    FamilyForm,
    NewFamilyForm,
    NewProductForm,
    ProductFilter,
    ProductForm,
    unit_choices,
)
from apps.catalogue.models import AdoptedRecord, Product, ProductFamily
from apps.catalogue.selectors import active_products, families_with_counts
from apps.kernel.abilities import Actor
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


def origin_chip(record: AdoptedRecord) -> Chip:
    """Return whether a file comes from the shared library, and whether the bank changed it."""
    if record.library_version is None:
        return Chip(_("Our own"))
    if record.is_overridden:
        return Chip(_("Library, changed here"), Tone.INFO)
    return Chip(_("Library"))


NAME = Column(label=_("Name"), value="name", sort="name")
TEMPERATURE = Column(
    label=_("Temperature class"), value="get_temperature_class_display", sort="temperature_class"
)
DATE_KIND = Column(label=_("Kind of date"), value="get_date_kind_display", sort="date_kind")
VALUATION = Column(label=_("Valuation per kg"), value="value_cents_per_kg", kind=Kind.EUROS)
CATEGORY = Column(
    label=_("Reporting category"), value="get_reporting_category_display", sort="reporting_category"
)
ORIGIN = Column(label=_("Origin"), value=origin_chip)
UNIT = Column(label=_("Unit"), value="unit_label", sort="unit_label")
UNIT_WEIGHT = Column(label=_("Weight of a unit"), value="unit_grams", kind=Kind.KG, sort="unit_grams")


def later_panels(actor: Actor, goods: Product | ProductFamily) -> list[Panel]:
    """Return what later stages add to the sheet of goods, as the setting ``GOODS_PANELS`` answers."""
    found: list[Panel] = import_string(settings.GOODS_PANELS)(actor, goods)
    return found


def packing_words(product: Product) -> str:
    """Return what holds how much of a product: ``case (6 kg) · pallet (480 kg)``."""
    return " · ".join(
        str(label) for unit, label in unit_choices(product) if unit not in (rules.KG, rules.UNIT)
    )


class ProductPage:
    """What the pages of a product share."""

    model = Product
    urls = "catalogue_product"
    abilities = staticmethod(abilities)

    def records(self) -> QuerySet[Product]:
        """Return the products with their family."""
        return Product.objects.select_related("family")


class ProductList(ProductPage, RecordList[Product]):
    """The products of the bank."""

    columns = (
        replace(NAME, note=Column(label=_("Reference"), value="ref", sort="ref")),
        Column(label=_("Family"), value="family.name", sort="family__name"),
        TEMPERATURE,
        DATE_KIND,
        UNIT,
        UNIT_WEIGHT,
        ORIGIN,
    )
    search_fields = ("name", "ref", "gtin", "family__name")
    filters = ProductFilter
    create_label = _("Add a product")
    lead = _("What can be offered, stocked and ordered.")
    empty_text = _("No product yet. They come with the shared library, or add your own.")


class ProductDetail(ProductPage, RecordDetail[Product]):
    """A product's sheet."""

    fields = (
        Column(label=_("Reference"), value="ref"),
        Column(label=_("Family"), value="family.name"),
        Column(label=_("GTIN"), value="gtin"),
        TEMPERATURE,
        UNIT,
        UNIT_WEIGHT,
        Column(label=_("Packed as"), value=packing_words),
        Column(label=_("Variable weight"), value="is_variable_weight", kind=Kind.YES_NO),
        DATE_KIND,
        Column(label=_("Usual life (days)"), value="shelf_life_days", kind=Kind.NUMBER),
        Column(
            label=_("Days after best before"),
            value="allowed_grace_days",
            kind=Kind.NUMBER,
        ),
        Column(label=_("Fresh"), value="is_fresh", kind=Kind.YES_NO),
        Column(label=_("Organic"), value="is_organic", kind=Kind.YES_NO),
        Column(label=_("Quality label"), value="get_quality_label_display"),
        Column(label=_("Can be frozen"), value="is_freezable", kind=Kind.YES_NO),
        VALUATION,
        ORIGIN,
    )

    def panels(self, record: Product) -> list[Panel]:
        """Return what the later stages know of the product."""
        return later_panels(self.request.actor, record)


class ProductCreate(ProductPage, RecordCreate[Product]):
    """Adds a product."""

    form_class = NewProductForm
    service = staticmethod(services.product_create)
    title = _("Add a product")


class ProductEdit(ProductPage, RecordEdit[Product]):
    """Changes a product."""

    form_class = ProductForm
    service = staticmethod(services.product_update)
    title = _("Change the product")


class ProductArchive(ProductPage, RecordArchive[Product]):
    """Puts a product away, or takes it out again."""

    service = staticmethod(services.product_archive)


class FamilyPage:
    """What the pages of a family share."""

    model = ProductFamily
    urls = "catalogue_family"
    record_name = "family"
    abilities = staticmethod(abilities)


class FamilyList(FamilyPage, RecordList[ProductFamily]):
    """The families of the bank."""

    columns = (
        NAME,
        TEMPERATURE,
        DATE_KIND,
        Column(
            label=_("Reporting category"), value="get_reporting_category_display", sort="reporting_category"
        ),
        Column(label=_("Food"), value="is_food", kind=Kind.YES_NO, sort="is_food"),
        Column(label=_("Fresh"), value="is_fresh", kind=Kind.YES_NO, sort="is_fresh"),
        Column(label=_("Products"), value="product_count", kind=Kind.NUMBER, sort="product_count"),
        ORIGIN,
    )
    search_fields = ("name", "code")
    create_label = _("Add a family")
    lead = _("What mixed goods are known by when nobody types each article.")
    empty_text = _("No family yet. They come with the shared library, or add your own.")

    def records(self) -> QuerySet[ProductFamily]:
        """Return the families with the number of their products in use."""
        return families_with_counts()


class FamilyDetail(FamilyPage, RecordDetail[ProductFamily]):
    """A family's sheet with its products."""

    fields = (
        Column(label=_("Code"), value="code"),
        Column(label=_("Food"), value="is_food", kind=Kind.YES_NO),
        Column(label=_("Fresh"), value="is_fresh", kind=Kind.YES_NO),
        Column(label=_("Food for infants"), value="is_infant_food", kind=Kind.YES_NO),
        TEMPERATURE,
        DATE_KIND,
        Column(label=_("Usual life (days)"), value="shelf_life_days", kind=Kind.NUMBER),
        Column(label=_("Days after best before"), value="grace_days", kind=Kind.NUMBER),
        CATEGORY,
        VALUATION,
        ORIGIN,
    )

    def panels(self, record: ProductFamily) -> list[Panel]:
        """Return the products in use."""
        return [
            table_panel(
                _("Products"),
                columns=(NAME, UNIT, UNIT_WEIGHT, TEMPERATURE),
                records=active_products(record),
                url_of=self._product_url,
                empty=_("No product of this family is in use."),
                actions=self._add(record),
            ),
            *later_panels(self.request.actor, record),
        ]

    def _product_url(self, product: Any) -> str:
        return reverse("catalogue_product_detail", args=[product.pk])

    def _add(self, record: ProductFamily) -> list[Action]:
        if "create" not in self.allowed or record.is_archived:
            return []
        url = f"{reverse('catalogue_product_create')}?family={record.pk}"
        return [Action(label=_("Add a product"), url=url, icon="plus")]


class FamilyCreate(FamilyPage, RecordCreate[ProductFamily]):
    """Adds a family."""

    form_class = NewFamilyForm
    service = staticmethod(services.family_create)
    title = _("Add a family")


class FamilyEdit(FamilyPage, RecordEdit[ProductFamily]):
    """Changes a family."""

    form_class = FamilyForm
    service = staticmethod(services.family_update)
    title = _("Change the family")


class FamilyArchive(FamilyPage, RecordArchive[ProductFamily]):
    """Puts a family away, or takes it out again."""

    service = staticmethod(services.family_archive)
