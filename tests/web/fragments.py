"""What htmx does with an answer, done to a parsed page: ask, take the part, put it where it goes.

Only what our pages use: ``hx-get``, ``hx-post``, ``hx-target``, ``hx-select``, ``hx-swap`` as ``outerHTML``
or ``innerHTML``, ``hx-include``, ``hx-vals``, ``hx-push-url``.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.test import Client

from tests.web.dom import Element, fill, parse, values


@dataclass(frozen=True)
class Trigger:
    """An element that asks by itself."""

    element: Element
    method: str
    path: str

    @property
    def pushes(self) -> bool:
        """Tell whether the address of the page becomes the one that is asked for."""
        return self.element.get("hx-push-url") == "true"


def triggers_of(page: Element) -> Iterator[Trigger]:
    """Yield what asks on a page."""
    for element in page.walk():
        for method in ("get", "post"):
            if path := element.get(f"hx-{method}"):
                yield Trigger(element, method, path)


def values_of(page: Element, trigger: Trigger) -> dict[str, str]:
    """Return what a trigger sends with its request as the page stands."""
    included = trigger.element.get("hx-include").lstrip("#")
    forms = [trigger.element] if trigger.element.tag == "form" else []
    forms += [page.by_id(included)] if included else []
    sent = {name: value for form in forms for name, value in values(form).items()}
    added: dict[str, str] = json.loads(trigger.element.get("hx-vals") or "{}")
    return sent | added


def headers_of(page: Element, trigger: Trigger, path: str) -> dict[str, str]:
    """Return the headers of htmx."""
    return {
        "hx-request": "true",
        "hx-current-url": path,
        "hx-target": target_of(page, trigger).get("id"),
        "hx-trigger": trigger.element.get("id"),
    }


def target_of(page: Element, trigger: Trigger) -> Element:
    """Return the element that the answer goes to."""
    named = trigger.element.get("hx-target")
    return page.by_id(named.lstrip("#")) if named.startswith("#") else trigger.element


def swap(page: Element, trigger: Trigger, answer: str) -> None:
    """Put an answer into a page."""
    fragment, target = parse(answer), target_of(page, trigger)
    for child in list(fragment.children):
        if isinstance(child, Element) and child.tag == "title":
            fragment.children.remove(child)
            page.all("title")[0].children = child.children
    if chosen := trigger.element.get("hx-select"):
        found = fragment.by_id(chosen.lstrip("#"))
        fragment = Element("", children=[found])
    how = trigger.element.get("hx-swap").partition(" ")[0] or "innerHTML"
    assert how in {"innerHTML", "outerHTML"}, f"teach this sweep how to swap by {how}"
    if how == "outerHTML":
        target.replace_by(fragment.children)
    else:
        target.children = fragment.children


def address_after(trigger: Trigger, path: str, sent: dict[str, str]) -> str:
    """Return the address of the page after a request of htmx: of the request if it is pushed."""
    if not trigger.pushes:
        return path
    asked = {name: value for name, value in sent.items() if value}
    return f"{urlsplit(trigger.path).path}?{urlencode(asked)}" if asked else urlsplit(trigger.path).path


def page_after(
    browser: Client, path: str, trigger: Trigger, page: Element, chosen: dict[str, str]
) -> Element:
    """Return the page once a trigger that reads was pulled after its reader chose some values."""
    if trigger.element.tag == "form":
        fill(trigger.element, chosen)
    sent = {name: value for name, value in values_of(page, trigger).items() if value}
    answer: Any = browser.get(trigger.path, sent, headers=headers_of(page, trigger, path))
    assert answer.status_code == 200, f"{trigger.path} answers {answer.status_code}"
    swap(page, trigger, answer.content.decode())
    if trigger.pushes:
        come_back_to(page, address_after(trigger, path, sent))
    return page


def come_back_to(page: Element, address: str) -> None:
    """Let forms that lead back to the page lead to its new address, as the script of our pages does."""
    for field in page.all("input"):
        if field.get("name") == "next":
            field.attributes["value"] = address
