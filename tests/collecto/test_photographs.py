"""Photographs of codes are read for one person so many times in a minute, wherever they are sent."""

import io
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from apps.kernel.abilities import Role
from apps.stock.services import sheet_open
from collecto.photographs import READ_BY
from tenants.crossing import Purpose, in_tenant
from tenants.registry.models import FoodBank
from tests.making.receiving import make_receipt
from tests.making.sites import make_location
from tests.making.stock import KEEPER, make_lot
from tests.people import SignIn


@pytest.fixture
def keeper(twin_a: FoodBank, sign_in: SignIn, settings: Any) -> Client:
    """A stock keeper who may have one photograph read."""
    settings.LIMITS = {**settings.LIMITS, "photo": (1, 3600)}
    return sign_in(twin_a, Role.STOCK)


@pytest.fixture
def pages(twin_a) -> dict[str, str]:
    """The page behind each door that reads a photograph."""
    with in_tenant(twin_a, Purpose.TEST):
        shelf, receipt = make_location(), make_receipt()
        make_lot(5_000, location=shelf)
        sheet = sheet_open(KEEPER, op_key=uuid4(), site=shelf.site, locations=[shelf])
    return {
        "receiving_receipt_control": f"/receiving/{receipt.pk}/control/",
        "receiving_receipt_create": "/receiving/new/",
        "stock_sheet_find": f"/stock/counts/{sheet.pk}/find/",
    }


def photograph() -> SimpleUploadedFile:
    """Return a picture without a code."""
    content = io.BytesIO()
    Image.new("RGB", (40, 40), "white").save(content, "PNG")
    return SimpleUploadedFile("code.png", content.getvalue(), "image/png")


@pytest.mark.parametrize("page", READ_BY)
def test_a_photograph_too_many_is_refused_and_says_when_to_try_again(keeper, pages, page):
    sent = [
        keeper.post(pages[page], {READ_BY[page]: photograph(), "read_code": "1"}, follow=True)
        for _ in range(2)
    ]
    assert [answer.status_code for answer in sent] == [422, 429]
    assert 0 < int(sent[1].headers["Retry-After"]) <= 3600


def test_the_limit_is_one_for_all_pages(keeper, pages):
    answers = [keeper.post(pages[page], {field: photograph()}).status_code for page, field in READ_BY.items()]
    assert answers[1:] == [429, 429]


def test_what_is_typed_is_not_counted(keeper, pages):
    answers = [keeper.post(pages["stock_sheet_find"], {"q": "nothing"}).status_code for _ in range(3)]
    assert answers == [302, 302, 302]


def test_one_person_s_photographs_are_not_another_s(keeper, pages, twin_a, sign_in):
    page, field = pages["stock_sheet_find"], READ_BY["stock_sheet_find"]
    colleague = sign_in(twin_a, Role.STOCK)
    assert [somebody.post(page, {field: photograph()}).status_code for somebody in (keeper, colleague)] == [
        422,
        422,
    ]
