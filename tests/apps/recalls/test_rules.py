"""Reading what notices write, and the matching ladder: rules that must never crash and never clear."""

import datetime as dt
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.recalls.rules import (
    Candidate,
    Group,
    LotAnswer,
    Match,
    Reason,
    Recall,
    Rung,
    compare_lots,
    groups_in,
    lot_key,
    match_lot,
    names_every_lot,
    packagings_of,
    period_of,
    spans_in,
)
from tests.making.recalls import GTIN, OTHER_GTIN

DAY = dt.date(2027, 3, 2)
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda part: st.lists(part) | st.dictionaries(st.text(), part),
    max_leaves=20,
)
CODES = st.text("ABCDEFGHIJKMNPQRSTUVWXYZ0123456789", min_size=3, max_size=12).filter(
    lambda code: any(map(str.isdigit, code)) and code[0].isdigit()
)


def lot(**said: Any) -> Candidate:
    values: dict[str, Any] = {"gtin": GTIN, "received_on": DAY}
    return Candidate(**values | said)


def recall(*groups: Group, **said: Any) -> Recall:
    return Recall(groups=groups, **said)


def rung(candidate: Candidate, *groups: Group, **said: Any) -> Match | None:
    return match_lot(candidate, recall(*groups, **said))


@given(ANYTHING)
def test_whatever_a_notice_names_is_read_without_failing(value):
    for group in groups_in(value):
        assert group.gtin == "" or len(group.gtin) == 14
        assert not group.is_empty


@given(st.text())
def test_any_text_is_searched_for_days_without_failing(text):
    assert all(span.first <= span.last for span in spans_in(text))


@given(CODES, st.sampled_from(["", "lot ", "LOT: ", "n° lot ", "Lot n°", "L", "l. "]), st.booleans())
def test_a_lot_number_is_the_same_however_it_is_written(code, prefix, lower):
    written = f"{prefix}{' '.join(code.lower() if lower else code)}"
    assert lot_key(written) == lot_key(code)
    assert compare_lots(written, code) is LotAnswer.SAME


@given(st.text())
def test_the_key_of_a_lot_is_its_own_key(text):
    assert lot_key(lot_key(text)) == lot_key(text)


@given(st.text(), st.text())
def test_comparing_lots_never_fails_and_two_unknown_ones_are_never_the_same(named, label):
    answer = compare_lots(named, label)
    assert answer is not LotAnswer.SAME or lot_key(label)


@pytest.mark.parametrize(
    ("named", "label", "answer"),
    [
        ("n° lot 091k - ddm 10/2027", "L091K", LotAnswer.SAME),
        ("lots 12345 à 12350", "12347", LotAnswer.SAME),
        ("lots 12345 à 12350", "12351", LotAnswer.OTHER),
        ("L120 au L135 ; 7A", "lot 7a", LotAnswer.SAME),
        ("12345a, 12346b et 12347c", "12347-C", LotAnswer.SAME),
        ("lot 12345a", "", LotAnswer.UNKNOWN),
        ("", "12345", LotAnswer.UNKNOWN),
        ("lot 10/2027", "10/2027", LotAnswer.SAME),
    ],
)
def test_free_texts_of_lots(named, label, answer):
    assert compare_lots(named, label) is answer


@pytest.mark.parametrize("text", ["tous les lots", "Tous lots confondus", "toutes les dates et lots"])
def test_all_lots_in_words(text):
    assert names_every_lot(text)


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2027-03-01", (1, 3), (1, 3)),
        ("2027-03-01T00:00:00+00:00", (1, 3), (1, 3)),
        ("01/03/2027", (1, 3), (1, 3)),
        ("1.3.27", (1, 3), (1, 3)),
        ("1er mars 2027", (1, 3), (1, 3)),
        ("DDM mars 2027", (1, 3), (31, 3)),
        ("02/2027", (1, 2), (28, 2)),
        ("du 01/03/2027 au 05/03/2027", (1, 3), (5, 3)),
        ("du 1er au 5 mars 2027", (1, 3), (5, 3)),
        ("du 28 février 2027 au 2 mars 2027", (28, 2), (2, 3)),
    ],
)
def test_days_as_french_notices_write_them(text, first, last):
    [span] = spans_in(text)
    assert ((span.first.day, span.first.month), (span.last.day, span.last.month)) == (first, last)


@pytest.mark.parametrize(
    "text", ["", "31/02/2027", "bientôt", "12345", "00/00/0000", "13/2027", "9999999-99-99"]
)
def test_what_is_no_day_is_none(text):
    assert spans_in(text) == ()


@pytest.mark.parametrize("code", ["2012345678903", "0212345678901", "9521000000019", "00000000000000"])
def test_a_code_that_identifies_nothing_is_kept_as_not_understood(code):
    [group] = groups_in([code, "lot 5"])
    assert (group.gtin, group.unread) == ("", (code,))


NAMED = Group(gtin=GTIN, lot_text="lot 12345a", date_kind="USE_BY", date_text="2027-03-01")


def test_the_ladder_from_sure_to_check():
    assert rung(lot(lot_text="L 12345-A"), NAMED) == Match(Rung.LOT, Reason.SAME_LOT)
    assert rung(lot(expires_on=dt.date(2027, 3, 1)), NAMED) == Match(Rung.DATE, Reason.SAME_DATE)
    assert rung(lot(lot_text="9"), Group(gtin=GTIN)) == Match(Rung.PRODUCT, Reason.WHOLE_PRODUCT)
    assert rung(lot(lot_text="9"), NAMED) == Match(Rung.CHECK, Reason.LOT_DIFFERS)
    assert rung(lot(), NAMED) == Match(Rung.CHECK, Reason.LOT_UNKNOWN)
    assert rung(lot(gtin=OTHER_GTIN, lot_text="12345A"), NAMED) is None


def test_the_surest_group_counts():
    other = Group(gtin=GTIN, lot_text="lot 7")
    assert rung(lot(lot_text="12345A"), other, NAMED) == Match(Rung.LOT, Reason.SAME_LOT)


def test_a_day_alone_means_its_lots_and_another_day_is_to_check():
    dated = Group(gtin=GTIN, date_text="mars 2027")
    assert rung(lot(expires_on=DAY), dated) == Match(Rung.DATE, Reason.SAME_DATE)
    assert rung(lot(expires_on=dt.date(2027, 4, 1)), dated) == Match(Rung.CHECK, Reason.LOT_DIFFERS)
    unreadable = Group(gtin=GTIN, date_text="see the lid")
    assert rung(lot(expires_on=DAY), unreadable) == Match(Rung.CHECK, Reason.LOT_UNKNOWN)


def test_a_mix_from_a_distributor_in_its_period_is_to_check():
    mix = lot(gtin="", is_mix=True, donor="Supermarché du Lac")
    said = {"distributors": "supermarché du lac (fictif)", "since": dt.date(2027, 3, 1)}
    assert rung(mix, **said) == Match(Rung.CHECK, Reason.DISTRIBUTOR)
    assert rung(mix, **{**said, "since": dt.date(2027, 3, 3)}) is None
    assert rung(mix, **{**said, "distributors": "autre enseigne"}) is None


def test_a_name_that_looks_alike_is_to_check():
    cheese = lot(gtin="", names=("Fromages au lait cru",))
    assert rung(cheese, label="fromage au lait cru 250 g") == Match(Rung.CHECK, Reason.LIKENESS)
    assert rung(lot(gtin="", names=("Bread",)), label="fromage au lait cru") is None


def test_goods_of_the_same_origin_are_sure():
    origin = uuid4()
    assert rung(lot(gtin="", ids=frozenset({origin})), origins=frozenset({origin})) == Match(
        Rung.LOT, Reason.SAME_GOODS
    )


@given(st.text(max_size=30), st.text(max_size=30), st.dates() | st.none())
def test_what_has_the_barcode_is_never_cleared(named, label, expires_on):
    """A lot with the barcode of a notice is kept back or put before a person, whatever the texts say."""
    group = Group(gtin=GTIN, lot_text=named, date_text=label)
    assert rung(lot(lot_text=label, expires_on=expires_on), group) is not None


@given(st.dates() | st.none(), st.dates() | st.none(), st.dates() | st.none())
def test_a_period_is_reckoned_for_any_days(sold_from, sold_until, published_on):
    if published_on is None or published_on > dt.date(1, 6, 1):
        since, _until = period_of(sold_from=sold_from, sold_until=sold_until, published_on=published_on)
        assert since is None or isinstance(since, dt.date)


@pytest.mark.parametrize("level", range(1, 9))
def test_another_packaging_of_the_article_is_always_to_check(level):
    other = packagings_of("09521000000018")[level]
    found = Candidate(gtin=other, lot_text="12345A", received_on=dt.date(2099, 1, 1))
    recall = Recall(groups=(Group(gtin="09521000000018", lot_text="12345A", date_kind="", date_text=""),))
    assert match_lot(found, recall) == Match(Rung.CHECK, Reason.LOT_UNKNOWN)
