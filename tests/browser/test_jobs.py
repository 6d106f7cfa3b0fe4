"""The page of a background job, open while it goes on: with scripts it follows, without it is asked again."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from apps.kernel import facts
from apps.kernel.abilities import Role
from apps.kernel.models import Job
from collecto.wiring import WIRING
from tenants.outbox.delivery import drain
from tests.browser.equality import differences
from tests.browser.morning import in_bank
from tests.browser.network import Network
from tests.browser.steps import follow, fr, press
from tests.making.jobs import Labels, make_job, printing_labels

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("living")]


@pytest.fixture
def labels(network: Network) -> Iterator[Labels]:
    """A kind of job whose parts are done when the test says so; nothing is missing on any page."""
    with printing_labels() as kind:
        facts.connect(WIRING, hint=lambda: None)
        yield kind
    assert network.close_all() == []


def asked(labels: Labels) -> Job:
    with in_bank():
        return make_job(labels, 4)


def work(rows: int) -> None:
    """Let a worker deliver some rows of the outbox."""
    drain(rows)


def test_with_scripts_the_page_follows_to_the_end_says_it_and_asks_no_more(network, labels):
    job = asked(labels)
    page = network.enter(Role.MANAGER)
    page.goto(f"/jobs/{job.pk}/")
    bar = page.get_by_role("progressbar")
    with page.expect_response(re.compile(r"/jobs/")):
        expect(page.get_by_text(fr("Waiting"), exact=True)).to_be_visible()
    assert differences(page) == ""
    work(2)
    expect(bar).to_have_attribute("value", "2")
    expect(page.locator("#status")).to_have_text("2 of 4 labels")
    work(1)
    expect(page.get_by_text(fr("Done"), exact=True)).to_be_visible()
    expect(page.locator("#status")).to_contain_text(fr("Done"))
    expect(page.get_by_role("link", name="label-2-label-3.pdf")).to_be_visible()
    assert differences(page) == ""
    asking = []
    page.on("request", lambda request: asking.append(request.url))
    page.wait_for_timeout(3_000)
    assert asking == []
    page.reload()
    expect(bar).to_have_attribute("value", "4")


def test_without_scripts_a_link_shows_the_present_state_and_buttons_stop_and_go_on(network, labels):
    job = asked(labels)
    page = network.enter(Role.MANAGER, java_script_enabled=False)
    page.goto(f"/jobs/{job.pk}/")
    work(2)
    follow(page, fr("Refresh"))
    expect(page.get_by_role("progressbar")).to_have_attribute("value", "2")
    press(page, "Stop the job")
    expect(page.get_by_text(fr("Stopped"), exact=True)).to_be_visible()
    work(1)
    press(page, "Try again")
    work(2)
    follow(page, fr("Refresh"))
    expect(page.get_by_text(fr("Done"), exact=True)).to_be_visible()
