"""A page as a tree, read with the standard library: to find things in, to put a fragment into, to compare."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from html import escape
from html.parser import HTMLParser
from typing import Final

VOID: Final = frozenset(
    ["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"]
)
CONTROLS: Final = ("input", "select", "textarea")
ONCE: Final = ("csrfmiddlewaretoken", "op_key")
"""Fields whose value is new on every page."""


@dataclass(eq=False)
class Element:
    """An element with its attributes and what it holds."""

    tag: str
    attributes: dict[str, str] = field(default_factory=dict)
    children: list["Element | str"] = field(default_factory=list)
    parent: "Element | None" = None

    def get(self, name: str) -> str:
        """Return an attribute, or an empty text."""
        return self.attributes.get(name, "")

    def walk(self) -> Iterator["Element"]:
        """Yield this element and everything below it, as it is written."""
        yield self
        for child in self.children:
            if isinstance(child, Element):
                yield from child.walk()

    def text(self) -> str:
        """Return the words inside, with single spaces."""
        parts = [child.text() if isinstance(child, Element) else child for child in self.children]
        return " ".join(" ".join(parts).split())

    def by_id(self, identity: str) -> "Element":
        """Return the element with an id.

        Raises:
            LookupError: there is none.
        """
        for element in self.walk():
            if element.get("id") == identity:
                return element
        raise LookupError(f"no element is called {identity!r}")

    def all(self, *tags: str) -> list["Element"]:
        """Return the elements of some kinds."""
        return [element for element in self.walk() if element.tag in tags]

    def replace_by(self, others: "list[Element | str]") -> None:
        """Put others where this element stands."""
        assert self.parent is not None
        at = self.parent.children.index(self)
        self.parent.children[at : at + 1] = others
        for other in others:
            if isinstance(other, Element):
                other.parent = self.parent


class _Reader(HTMLParser):
    """Builds the tree, and refuses a page whose tags do not close in order."""

    def __init__(self) -> None:
        super().__init__()
        self.root = self._here = Element("")

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Open an element."""
        element = Element(tag, {name: value or "" for name, value in attrs}, parent=self._here)
        self._here.children.append(element)
        if tag not in VOID:
            self._here = element

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Open and close an element."""
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        """Close an element.

        Raises:
            ValueError: another one is open.
        """
        if self._here.tag != tag or self._here.parent is None:
            raise ValueError(f"</{tag}> closes <{self._here.tag}> in line {self.getpos()[0]}")
        self._here = self._here.parent

    def handle_data(self, data: str) -> None:
        """Keep words."""
        if data.strip():
            self._here.children.append(data)


def parse(html: str) -> Element:
    """Return the tree of a page or of a part of one."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader.root


def lines(element: Element, depth: int = 0) -> Iterator[str]:
    """Write a tree one tag or text a line, without what is new on every page or acts on loading alone."""
    if element.tag:
        kept = [f'{k}="{escape(v)}"' if v else k for k, v in sorted(_lasting(element).items())]
        yield f"{' ' * depth}<{' '.join([element.tag, *kept])}>"
    for child in element.children:
        if isinstance(child, Element):
            yield from lines(child, depth + 1)
        else:
            yield f"{' ' * (depth + 1)}{' '.join(child.split())}"


def _lasting(element: Element) -> dict[str, str]:
    kept = {name: " ".join(value.split()) for name, value in element.attributes.items()}
    kept.pop("autofocus", None)
    if element.get("name") in ONCE:
        kept["value"] = "…"
    return kept


def shape(element: Element) -> str:
    """Return what a tree is built of, whatever it says: repeated neighbours of one shape count once."""
    inside: list[str] = []
    for child in element.children:
        part = shape(child) if isinstance(child, Element) else "·"
        if part not in inside[-3:]:
            inside.append(part)
    marks = "".join(
        f" {name}={element.get(name)}"
        for name in ("class", "role", "type", "data-tone")
        if name in element.attributes
    )
    return f"<{element.tag}{marks}{' …' if element.get('disabled') else ''}>{''.join(inside)}</>"


def values(form: Element) -> dict[str, str]:
    """Return what a form would send as it stands, but for its buttons."""
    sent = {}
    for control in form.all(*CONTROLS):
        name, kind = control.get("name"), control.get("type")
        ticked = kind not in {"checkbox", "radio"} or "checked" in control.attributes
        if name and ticked and kind not in {"submit", "file"} and "disabled" not in control.attributes:
            sent[name] = _value(control)
    return sent


def _value(control: Element) -> str:
    if control.tag == "textarea":
        return control.text()
    if control.tag == "input":
        return control.get("value")
    options = control.all("option")
    chosen = [option for option in options if "selected" in option.attributes] or options[:1]
    return chosen[0].get("value") if chosen else ""


def fill(form: Element, chosen: dict[str, str]) -> None:
    """Set controls as a reader would who types and chooses."""
    for control in form.all("input", "select"):
        value = chosen.get(control.get("name"))
        if value is None:
            continue
        if control.tag == "input":
            control.attributes["value"] = value
        for option in control.all("option"):
            option.attributes.pop("selected", None)
            if option.get("value") == value and value:
                option.attributes["selected"] = ""
