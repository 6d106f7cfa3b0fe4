"""The twins are twins: the same keys, other words."""

import pytest
from django.conf import settings
from django.db import models

from tenants.crossing import Purpose, in_tenant
from tenants.isolation.rights import models_of
from tests.making.twins import MARKS, NOT_WORDS
from tests.twins import Twins

pytestmark = pytest.mark.xdist_group("twins")

BANK_MODELS = models_of(settings.TENANT_APPS)
EMPTY = {
    "TemperatureLimit": "limits of the bank's own are written from the page, defaults are in the rules",
    "Letterhead": "a bank has one from its opening",
    "Inspection": "food past best before is rare: its own tests write what a person found",
}


def keys_of(twins: Twins, slug: str, model: type[models.Model]) -> set[object]:
    with in_tenant(twins.banks[slug], Purpose.TEST):
        return set(model._default_manager.values_list("pk", flat=True))


def words_of(twins: Twins, slug: str) -> str:
    with in_tenant(twins.banks[slug], Purpose.TEST):
        return "\n".join(str(row) for model in BANK_MODELS for row in model._default_manager.values_list())


@pytest.mark.parametrize(
    "model", [m for m in BANK_MODELS if m.__name__ not in EMPTY], ids=lambda m: m.__name__
)
def test_both_twins_hold_rows_of_every_kind_with_the_same_keys(twins, model):
    shared = keys_of(twins, "twin-a", model) & keys_of(twins, "twin-b", model)
    assert shared


@pytest.mark.parametrize("slug", MARKS)
def test_a_twin_says_nothing_of_the_other(twins, slug):
    other = next(mark for owner, mark in MARKS.items() if owner != slug)
    said = words_of(twins, slug)
    assert MARKS[slug] in said
    assert other.lower() not in said.lower()


def test_every_text_that_a_page_may_show_bears_the_mark(twins):
    bare = set()
    with in_tenant(twins.banks["twin-b"], Purpose.TEST):
        for model in BANK_MODELS:
            for field in model._meta.fields:
                if isinstance(field, models.CharField | models.TextField) and not field.choices:
                    written = model._default_manager.filter(**{f"{field.name}__isnull": False})
                    if written.exclude(**{f"{field.name}__icontains": MARKS["twin-b"]}).exists():
                        bare.add(field.name)
    assert bare - NOT_WORDS == set()
