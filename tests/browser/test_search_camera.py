"""A code is photographed, or seen by the camera, and its sheet opens: on a telephone, with a picture file."""

import io
import re
from collections.abc import Callable
from pathlib import Path

import pytest
import segno
from PIL import Image
from playwright.sync_api import Page, Route, expect

from apps.kernel.abilities import Role
from apps.stock.models import Lot
from tests.browser.morning import in_bank
from tests.browser.network import Network
from tests.browser.steps import fr, go, main, press

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("living")]

LONG_SIDE = 3_000
"""Pixels of the pictures that telephones take, more than the form sends."""

CAMERA = """() => {
  const canvas = document.createElement('canvas');
  setInterval(() => canvas.getContext('2d').fillRect(0, 0, 10, 10), 50);
  navigator.mediaDevices.getUserMedia = async () => canvas.captureStream();
  window.BarcodeDetector = class { async detect() { return [{ rawValue: %s }]; } };
}"""
"""A browser whose camera sees a code: Chromium reads none by itself on every system."""
REFUSED = """() => {
  window.BarcodeDetector = class { async detect() { return []; } };
  navigator.mediaDevices.getUserMedia = async () => { throw new DOMException('no', 'NotAllowedError'); };
}"""


@pytest.fixture(autouse=True)
def no_complaint(network: Network):
    yield
    assert network.close_all() == []


@pytest.fixture
def lot() -> Lot:
    with in_bank():
        return Lot.objects.earliest("number")


@pytest.fixture
def photograph(tmp_path: Path) -> Callable[..., Path]:
    def taken(text: str) -> Path:
        """Take a picture of a code, as large as a telephone does."""
        made = io.BytesIO()
        segno.make(text, micro=False, error="m").save(made, kind="png", scale=20, border=4)
        picture = Image.new("RGB", (LONG_SIDE, LONG_SIDE * 3 // 4), "#8A8378")
        picture.paste(Image.open(made).convert("RGB"), (700, 500))
        path = tmp_path / "IMG_0001.jpg"
        picture.save(path, "JPEG", quality=92)
        return path

    return taken


def at_the_photo(network: Network) -> Page:
    page = network.enter(Role.STOCK, size="phone")
    page.goto("/search/photo/")
    return page


def test_a_large_photograph_of_a_code_is_made_small_and_opens_the_sheet(network, lot, photograph):
    page = at_the_photo(network)
    sent: list[int] = []

    def weigh(route: Route) -> None:
        sent.append(len(route.request.post_data_buffer or b"") if route.request.method == "POST" else 0)
        route.continue_()

    page.route("**/search/photo/", weigh)
    picture = photograph(lot.number)
    page.locator("input[type=file]").set_input_files(picture)
    press(page, "Read the code")
    expect(page).to_have_url(re.compile(rf"/stock/{lot.pk}/"))
    expect(main(page).or_(page.locator("h1")).first).to_contain_text(lot.number)
    assert sent


def test_the_form_sends_no_more_pixels_than_the_server_reads(network, lot, photograph):
    page = at_the_photo(network)
    field = page.locator("input[type=file]")
    most = int(field.get_attribute("data-shrink") or 0)
    field.set_input_files(photograph(lot.number))
    shrunk = """async (input) => {
      for (let turn = 0; turn < 100 && input.files[0].name !== 'code.jpg'; turn++)
        await new Promise((next) => setTimeout(next, 50));
      const picture = await createImageBitmap(input.files[0]);
      return [input.files[0].name, Math.max(picture.width, picture.height)];
    }"""
    assert field.evaluate(shrunk) == ["code.jpg", most]
    assert most < LONG_SIDE


def test_a_photograph_without_a_code_says_what_to_do(network, tmp_path):
    page = at_the_photo(network)
    path = tmp_path / "blank.png"
    Image.new("RGB", (800, 600), "#8A8378").save(path)
    page.locator("input[type=file]").set_input_files(path)
    with page.expect_navigation():
        page.get_by_role("button", name=fr("Read the code")).click()
    expect(main(page)).to_contain_text(
        fr("No code can be read here. Come closer, hold still, and take it again.")
    )
    network.complaints[page].clear()


def test_what_the_camera_sees_opens_its_sheet(network, lot):
    page = network.enter(Role.STOCK, size="phone")
    page.add_init_script(f"({CAMERA % repr(lot.number)})()")
    page.goto("/search/")
    go(page, page.get_by_role("link", name=fr("Scan a code")))
    expect(page).to_have_url(re.compile(rf"/stock/{lot.pk}/"))


def test_whoever_refuses_the_camera_takes_a_photograph(network):
    page = network.enter(Role.STOCK, size="phone")
    page.add_init_script(f"({REFUSED})()")
    page.goto("/search/")
    go(page, page.get_by_role("link", name=fr("Scan a code")))
    expect(page).to_have_url(re.compile(r"/search/photo/$"))
