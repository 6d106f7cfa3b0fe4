"""Where in a text the words stand that were looked for, whatever their accents: for the page to mark."""

from collections.abc import Iterable, Iterator

from apps.kernel.folding import code, fold, words

Part = tuple[str, bool]
"""A piece of a text, and whether it is what was looked for."""


def marked(text: str, sought: Iterable[str]) -> list[Part]:
    """Return a text in pieces: ``[("Épi", True), ("cerie", False)]`` for "epi"."""
    folded, places = _folded(text)
    hits = {place for begins, ends in _spans(folded, list(sought)) for place in places[begins:ends]}
    parts: list[Part] = []
    for place, sign in enumerate(text):
        is_hit = place in hits
        if parts and parts[-1][1] is is_hit:
            parts[-1] = (parts[-1][0] + sign, is_hit)
        else:
            parts.append((sign, is_hit))
    return parts


def marked_number(number: str, codes: Iterable[str], sought: Iterable[str]) -> list[Part]:
    """Return a number in pieces; one that begins with what was typed is marked up to there."""
    said = code(number)
    for each in codes:
        if each and said.startswith(each):
            seen = [place for place, sign in enumerate(number) if code(sign)]
            cut = seen[len(each) - 1] + 1
            return [part for part in ((number[:cut], True), (number[cut:], False)) if part[0]]
    return marked(number, sought)


def _folded(text: str) -> tuple[str, list[int]]:
    """Return the folded text, and for each of its letters the place of the one it comes from."""
    letters = [(letter, place) for place, sign in enumerate(text) for letter in fold(sign)]
    return "".join(letter for letter, _place in letters), [place for _letter, place in letters]


def _spans(folded: str, sought: list[str]) -> Iterator[tuple[int, int]]:
    """Yield where a word of the text begins with one that was looked for."""
    for place in range(len(folded)):
        begins = place == 0 or not words(folded[place - 1])
        if begins and words(folded[place]):
            lengths = [len(word) for word in sought if folded.startswith(word, place)]
            if lengths:
                yield place, place + max(lengths)
