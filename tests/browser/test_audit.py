"""The rulers find what they are for, and the window hears whatever goes wrong."""

import time

import pytest
from playwright.sync_api import Browser

from tests.browser.audit import LEAST, MEASURES
from tests.browser.equality import differences
from tests.browser.network import Network

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

WHOLE = """<!DOCTYPE html><html lang="en"><title>Page</title>
<style>
  body { font: 16px sans-serif }
  a, button, input, select { font: inherit; min-height: 44px; min-width: 44px; display: inline-block }
  p a { display: inline; min-height: 0 }
  :focus-visible { outline: 3px solid }
</style><body>"""
FAULTS = {
    "px too wide": '<div style="width: 1400px">Wide</div>',
    "text too small": '<p style="font-size: 11px">Small</p>',
    "clipped: p": '<p style="width: 5em; overflow: hidden; white-space: nowrap">A sentence that is long</p>',
    "clipped: b": '<p style="height: 1em; overflow: hidden"><b>One line<br>and another</b></p>',
    "leaves its box": '<button style="width: 4em; white-space: nowrap">A label that is too long</button>',
    "choice cut": '<select style="width: 5em"><option>A choice that is too long</option></select>',
    "target under 44 px": '<button style="min-height: 0; height: 30px">Go</button>',
    "targets overlap": '<button>One</button><button style="margin-left: -20px">Two</button>',
    "focus not seen": '<button style="outline: none">Dark</button>',
    "focus hidden": '<button>Under</button><div style="position: fixed; inset: 0">Over</div>',
    "not in the order": '<div style="display: flex"><a href="#" style="order: 2">2</a></div>',
    "reversed": '<div style="display: flex; flex-direction: row-reverse"><a href="#">1</a></div>',
    "clipped in its drawing": '<svg width="60" height="60"><text x="40" y="20">Too long</text></svg>',
}
"""What a ruler says, and a page that makes it say so."""


@pytest.fixture
def blank(chromium: Browser):
    page = chromium.new_page(viewport={"width": 1280, "height": 900})
    yield page
    page.close()


@pytest.mark.parametrize("said", FAULTS)
def test_a_fault_is_found_and_nothing_else(blank, said):
    blank.set_content(WHOLE + FAULTS[said])
    complaints = blank.evaluate(MEASURES, LEAST)["complaints"]
    assert [one for one in complaints if said in one]
    assert [one for one in complaints if said not in one and "sticks out" not in one] == []


def test_a_page_without_fault_is_left_in_peace(blank):
    blank.set_content(WHOLE + '<p>See <a href="#">the list</a>.</p><button>Go</button>')
    assert blank.evaluate(MEASURES, LEAST)["complaints"] == []


@pytest.mark.parametrize(
    ("wrong", "heard"),
    [
        ("setTimeout(() => { throw new Error('lost') })", "lost"),
        ("console.error('odd')", "odd"),
        ("document.body.append(Object.assign(new Image(), {src: '/static/nothing.png'}))", "404"),
        ("document.body.setAttribute('style', 'color: red')", "Content Security Policy"),
        ("document.body.append(Object.assign(document.createElement('script'), {text: '1'}))", "Content Sec"),
        ("fetch('http://localhost:9/').catch(() => {})", "localhost:9"),
    ],
)
def test_the_window_hears_what_goes_wrong(chromium, site, wrong, heard):
    network = Network(chromium, int(site.rpartition(":")[2]))
    page = network.visit()
    page.goto("/_styleguide/list/")
    page.evaluate(wrong)
    until = time.monotonic() + 5
    while not network.complaints[page] and time.monotonic() < until:
        page.evaluate("new Promise(requestAnimationFrame)")
    assert heard in "\n".join(network.close(page))


def test_a_page_that_is_not_the_one_of_its_address_is_told_apart(chromium, site):
    network = Network(chromium, int(site.rpartition(":")[2]))
    page = network.visit()
    page.goto("/_styleguide/list/")
    assert differences(page) == ""
    page.evaluate("document.querySelector('h1').textContent = 'Other'")
    assert "Other" in differences(page)
    network.close(page)
