"""The operator of the platform leads banks through their life in a real browser.

Each story opens the banks it needs in the lived-in network and leaves them there.
"""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from django.core.files.storage import storages
from playwright.sync_api import Page, expect

from tenants.crossing import Purpose, in_platform
from tenants.registry.models import ErasureProof, FoodBank
from tenants.registry.services import NewBank, bank_open
from tests.browser.equality import differences
from tests.browser.lives import archived
from tests.browser.network import Network
from tests.browser.steps import follow, fr, main, press
from tests.making.banks import fill
from tests.spaces import OPERATOR
from tests.tenants.registry.test_kill import owner_url
from tests.workers import Worker, sending_to, worker

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("living")]

BUILT_MS = 60_000
"""How long a worker may take to start and to build a bank on a busy machine."""


@pytest.fixture(autouse=True)
def no_complaint(network: Network):
    """No script fails and no file is missing in the whole story."""
    yield
    assert network.close_all() == []


@pytest.fixture
def owner_worker(broker_url: str, tmp_path: Path) -> Callable[[], Worker]:
    """Starts a worker with the owner's login, which builds and exports banks."""
    kept: Any = storages["default"]
    files = str(kept.inner.location)
    environment = {"DATABASE_OWNER_URL": owner_url(), "FILES_ROOT": files}
    return lambda: worker(broker_url, tmp_path / "worker.log", "--queues", "owner", **environment)


def opened(slug: str) -> FoodBank:
    bank = bank_open(OPERATOR, new=NewBank(name=f"Banque de {slug.capitalize()}", slug=slug))
    fill(bank)
    return bank


def sheet(bank: FoodBank) -> str:
    return f"/operator/banks/{bank.pk}/"


def expect_state(page: Page, state: str) -> None:
    expect(page.locator(".page-title .chip")).to_have_text(state, timeout=BUILT_MS)


def expect_asked_again(page: Page) -> None:
    """Wait until the page has asked how far the step is."""
    with page.expect_response(re.compile(r"/operator/steps/")):
        pass


def expect_heading(page: Page, path: str, words: str) -> None:
    """Wait until a page says something; every process forgets what it knew of a host within seconds."""
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    for _again in range(20):
        page.goto(path)
        if words in main(page).inner_text():
            return
        page.wait_for_timeout(250)
    expect(main(page)).to_contain_text(words)


@pytest.mark.slow
def test_a_bank_is_opened_in_the_background_and_its_progress_survives_a_reload(
    network, broker_url, owner_worker
):
    page = network.visit()
    page.goto("/enter/")
    follow(page, fr("Platform operator"), exact=False)
    follow(page, fr("Open a food bank"))
    page.locator("[name=name]").fill("Banque du Morvan")
    page.locator("[name=slug]").fill("morvan")
    page.locator("[name=departments]").fill("58 89")
    with sending_to(broker_url):
        press(page, "Open a food bank")
        expect(page.get_by_role("progressbar")).to_be_visible()
        page.reload()
        expect(page.get_by_role("progressbar")).to_be_visible()
        expect(page.get_by_role("link", name=fr("Suspend"))).to_have_count(0)
        expect_asked_again(page)
        assert differences(page) == ""
        with owner_worker():
            expect_state(page, "Active")
            assert differences(page) == ""
    follow(page, "morvan.localhost")
    expect(page.locator(".brand-name")).to_have_text("Banque du Morvan")
    expect(page.get_by_role("heading", level=1)).to_have_text(fr("Sign in"))


@pytest.mark.slow
def test_an_export_is_made_in_the_background_and_downloads_as_a_zip(network, broker_url, owner_worker):
    bank = opened("serein")
    page = network.operate()
    page.goto(sheet(bank))
    follow(page, fr("Export"))
    with sending_to(broker_url):
        press(page, "Export")
        expect(page.get_by_role("progressbar")).to_be_visible()
        expect_asked_again(page)
        assert differences(page) == ""
        with owner_worker():
            expect(page.get_by_role("link", name=fr("Fetch the export"))).to_be_visible(timeout=BUILT_MS)
    with page.expect_download() as fetched:
        page.get_by_role("link", name=fr("Fetch the export")).click()
    assert re.fullmatch(r"serein-\d{4}-\d\d-\d\d\.zip", fetched.value.suggested_filename)
    with ZipFile(fetched.value.path()) as bundle:
        assert "manifest.json" in bundle.namelist()


@pytest.mark.slow
def test_a_renamed_bank_answers_at_its_new_address_and_the_former_one_leads_there(network):
    bank = opened("arroux")
    page = network.operate(size="phone")
    page.goto(sheet(bank))
    follow(page, fr("Rename"))
    page.locator("[name=slug]").fill("www")
    press(page, "Rename")
    expect(page.locator("#error-summary")).to_be_focused()
    page.locator("[name=slug]").fill("bourbince")
    press(page, "Rename")
    expect(main(page).get_by_role("link", name="bourbince.localhost")).to_be_visible()

    visitor = network.visit("arroux.localhost", size="phone")
    visitor.goto("/stock/")
    expect(visitor).to_have_url(re.compile(r"//bourbince\.localhost:\d+/accounts/login/code/"))
    expect(visitor.locator(".message")).to_contain_text("arroux.localhost")


@pytest.mark.slow
def test_a_suspended_bank_says_so_until_it_is_resumed(network):
    bank = opened("cousin")
    page, visitor = network.operate(), network.visit("cousin.localhost")
    visitor.goto("/accounts/login/code/")
    page.goto(sheet(bank))
    follow(page, fr("Suspend"))
    page.locator("[name=reason]").fill("Abonnement impayé")
    press(page, "Suspend")
    expect_state(page, fr("Suspended"))
    expect(page.locator(".history")).to_contain_text("Abonnement impayé")
    expect_heading(visitor, "/", fr("Go to the public site"))
    expect(main(visitor)).not_to_contain_text("Abonnement impayé")

    follow(page, fr("Resume"))
    press(page, "Resume")
    expect_state(page, fr("Active"))
    expect_heading(visitor, "/accounts/login/code/", fr("Send me a code"))


def test_a_bank_is_archived_with_the_keyboard_alone(network):
    bank = opened("yonne")
    page = network.operate()
    page.goto(f"{sheet(bank)}archive/")
    page.locator("[name=reason]").focus()
    page.keyboard.type("Rejoint la banque voisine")
    page.keyboard.press("Tab")
    page.keyboard.type("une-autre")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    expect(page.locator("#error-summary")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("[name=confirmation]")).to_be_focused()
    page.keyboard.press("Control+A")
    page.keyboard.type("yonne")
    page.keyboard.press("Tab")
    expect(page.locator("main .button.primary")).to_be_focused()
    with page.expect_navigation():
        page.keyboard.press("Enter")

    expect(page.get_by_role("link", name=fr("Fetch the export"))).to_be_visible()
    expect(page.get_by_role("link", name=fr("Take out of the archive")).first).to_be_visible()
    expect(page.get_by_role("link", name=fr("Erase"), exact=True)).to_have_count(0)


@pytest.mark.slow
def test_an_archived_bank_is_erased_by_typing_its_name_and_the_proof_can_be_read(network, settings):
    settings.ERASURE_WAIT_DAYS = 0
    bank = archived("cure")
    page = network.operate(size="phone")
    page.goto(sheet(bank))
    follow(page, fr("Erase"))
    page.locator("[name=reason]").fill("Demande de la banque")
    page.locator("[name=confirmation]").fill("cure")
    press(page, "Erase")
    expect_state(page, fr("Erased"))
    follow(page, fr("Proof of erasure"))

    with in_platform(Purpose.TEST):
        proof = ErasureProof.objects.get(pk=bank.pk)
    expect(main(page)).to_contain_text(proof.digest)
    expect(main(page)).to_contain_text("cure.localhost")
    expect(main(page)).to_contain_text(fr("This page agrees with the digest"))
    stranger = network.visit("cure.localhost")
    stranger.goto("/")
    expect(stranger.get_by_role("heading", level=1)).to_have_text(fr("No food bank answers at this address"))
