"""Photographs of goods at the dock: kept small and bare, shown on the receipt and in its history."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from apps.kernel.abilities import Role
from apps.kernel.files import files_about, opened
from apps.receiving.errors import TooManyPhotos
from apps.receiving.models import GoodsReceipt
from apps.receiving.services import line_photograph
from apps.receiving.services.picturing import PHOTOS_MOST, SIDE_MOST
from tenants.registry.models import FoodBank
from tests.making.offers import TESTER
from tests.making.pages import queries_of
from tests.making.receiving import make_receipt, make_receipt_line
from tests.making.sites import make_location
from tests.people import SignIn


@pytest.fixture
def dock(bank: FoodBank, sign_in: SignIn) -> Client:
    """The browser of a volunteer at the dock."""
    return sign_in(bank, Role.VOLUNTEER)


@pytest.fixture
def receipt(bank: FoodBank) -> GoodsReceipt:
    receipt = make_receipt(make_receipt_line())
    make_location(receipt.site, name="Rack")
    return receipt


def picture(*, side: int = 40, colour: str = "#884422") -> bytes:
    """Return a photograph that says where it was taken."""
    exif = Image.Exif()
    exif[0x010E] = "12 rue de la Paix"
    made = io.BytesIO()
    Image.new("RGB", (side, side), colour).save(made, "JPEG", exif=exif)
    return made.getvalue()


def sent(content: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile("IMG_0001.jpg", content, content_type="image/jpeg")


def test_it_is_kept_small_and_says_nothing_of_where_it_was_taken(receipt):
    line = receipt.lines.get()
    content = picture(side=2_000)
    assert b"rue de la Paix" in content
    photo = line_photograph(TESTER, receipt=receipt, line=line, content=content, name="IMG.jpg")
    with opened(photo) as kept:
        bytes_kept = kept.read()
    assert b"rue de la Paix" not in bytes_kept
    assert max(Image.open(io.BytesIO(bytes_kept)).size) == SIDE_MOST


def test_the_same_one_is_kept_once_and_no_line_has_too_many(receipt):
    line = receipt.lines.get()
    for shade in range(PHOTOS_MOST):
        for _turn in range(2):
            content = picture(colour=f"#{shade * 40:02x}4400")
            line_photograph(TESTER, receipt=receipt, line=line, content=content, name="a.jpg")
    assert files_about([line]).count() == PHOTOS_MOST
    with pytest.raises(TooManyPhotos):
        line_photograph(TESTER, receipt=receipt, line=line, content=picture(colour="#ffffff"), name="a.jpg")


def test_one_taken_at_the_control_is_kept_even_when_something_is_to_correct(dock, receipt):
    line, page = receipt.lines.get(), f"/receiving/{receipt.pk}/control/"
    answer = dock.post(
        page, {f"line-{line.pk}-accepted_grams": "x", f"line-{line.pk}-photo": sent(picture())}
    )
    assert answer.status_code == 422
    [photo] = files_about([line])
    assert f"/files/{photo.pk}/" in answer.text
    assert dock.get(f"/files/{photo.pk}/").status_code == 200


def test_what_is_no_picture_is_said_and_what_was_typed_stays(dock, receipt):
    line, page = receipt.lines.get(), f"/receiving/{receipt.pk}/control/"
    wrong = {f"line-{line.pk}-photo": sent(b"no picture"), f"line-{line.pk}-supplier_lot": "L042"}
    answer = dock.post(page, wrong)
    assert answer.status_code == 422
    assert "This picture cannot be read" in answer.text
    assert 'value="L042"' in answer.text
    assert not files_about([line]).exists()


def test_the_receipt_shows_it_and_its_history_tells_it(bank, sign_in, receipt):
    keeper, line = sign_in(bank, Role.STOCK), receipt.lines.get()
    page = f"/receiving/{receipt.pk}/"
    few = queries_of(keeper, page)
    answer = keeper.post(f"{page}photo/", {"line": str(line.pk), "photo": sent(picture())}, follow=True)
    [photo] = files_about([line])
    assert f'src="/files/{photo.pk}/"' in answer.text
    assert photo.name in answer.text
    line_photograph(TESTER, receipt=receipt, line=line, content=picture(colour="#112233"), name="b.jpg")
    assert queries_of(keeper, page) <= few + 1


def test_a_driver_does_not_see_it(bank, sign_in, receipt):
    photo = line_photograph(
        TESTER, receipt=receipt, line=receipt.lines.get(), content=picture(), name="a.jpg"
    )
    assert sign_in(bank, Role.DRIVER).get(f"/files/{photo.pk}/").status_code == 403
