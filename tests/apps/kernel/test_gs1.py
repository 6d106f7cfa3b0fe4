"""What scanned symbols say: whatever was written is read back, and nothing else ever breaks."""

import datetime as dt

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from apps.kernel.gs1 import (
    FNC1,
    NotGs1,
    bracketed,
    check_digit,
    count_element,
    date_element,
    lot_element,
    read_symbol,
    weight_element,
)
from apps.kernel.gs1 import strung as strung_together

TODAY = dt.date(2026, 11, 23)
SSCC = "395123450000000017"
GTIN = "09520000000004"

marks = st.text("ABCxyz0123456789-/.", min_size=1, max_size=20)
numbers = st.text("0123456789", min_size=13, max_size=13).filter(lambda text: int(text) > 0)
days = st.dates(dt.date(1980, 1, 1), dt.date(2075, 12, 31))


def completed(number: str) -> str:
    return number + str(check_digit(number))


@st.composite
def wholes(draw: st.DrawFn) -> tuple[list[tuple[str, str]], dict[str, object]]:
    """Draw the elements of a symbol and what they mean."""
    gtin, lot, day, grams = completed(draw(numbers)), draw(marks), draw(days), draw(st.integers(0, 999_999))
    serial, count = draw(marks), draw(st.integers(0, 99_999_999))
    parts: list[tuple[str, str, dict[str, object]]] = [
        ("01", gtin, {"gtin": gtin}),
        ("10", lot, {"lot": lot}),
        ("17", f"{day:%y%m%d}", {"use_by": day}),
        ("3103", f"{grams:06}", {"net_grams": grams}),
        ("21", serial, {"serial": serial}),
        ("37", str(count), {"count": count}),
    ]
    chosen = draw(st.lists(st.sampled_from(parts), min_size=1, unique_by=lambda part: part[0]))
    return [(name, value) for name, value, _ in chosen], {
        k: v for *_, said in chosen for k, v in said.items()
    }


def strung(elements: list[tuple[str, str]]) -> str:
    """Write elements as a symbol holds them: FNC1 behind those of variable length, unless last."""
    text = "".join(name + value + (FNC1 if name in {"10", "21", "37"} else "") for name, value in elements)
    return text.removesuffix(FNC1)


def meaning(text: str, names: dict[str, object]) -> dict[str, object]:
    symbol = read_symbol(text, today=TODAY)
    return {name: getattr(symbol, name) for name in names}


def answer_to(text: str) -> object:
    """Return what a text says, or the sentence that refuses it."""
    try:
        return read_symbol(text, today=TODAY)
    except NotGs1 as refusal:
        return refusal.message


@given(wholes(), st.sampled_from(["", "]C1", "]d2", "]Q3", FNC1]))
def test_whatever_a_symbol_holds_is_read_back(whole, before):
    elements, said = whole
    assume(before or not strung(elements).isdigit())  # without a word of the reader, digits may be an article
    assert meaning(before + strung(elements), said) == said


@given(wholes())
def test_what_people_write_with_brackets_says_the_same(whole):
    elements, said = whole
    assert meaning("".join(f"({name}){value}" for name, value in elements), said) == said


@given(numbers, marks, days)
def test_a_digital_link_says_the_same_as_the_bars(number, lot, day):
    gtin = completed(number)
    symbol = read_symbol(
        f"https://id.example.org/some/place/01/{gtin}/10/{lot.replace('/', '%2F')}?17={day:%y%m%d}&utm=x",
        today=TODAY,
    )
    assert (symbol.gtin, symbol.lot, symbol.use_by) == (gtin, lot, day)


@given(st.text(max_size=80) | st.text("()0123456789\x1d]C", max_size=60) | st.binary().map(repr))
def test_any_text_is_read_or_refused_in_words(text):
    assert answer_to(text)


@given(wholes(), st.data())
def test_a_symbol_with_one_letter_changed_never_breaks(whole, data):
    text = strung(whole[0])
    place = data.draw(st.integers(0, len(text) - 1))
    changed = text[:place] + data.draw(st.characters()) + text[place + 1 :]
    assert answer_to(changed)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("261100", dt.date(2026, 11, 30)),
        ("280200", dt.date(2028, 2, 29)),
        ("270200", dt.date(2027, 2, 28)),
        ("760101", dt.date(2076, 1, 1)),
        ("770101", dt.date(1977, 1, 1)),
        ("000229", dt.date(2000, 2, 29)),
    ],
)
def test_day_zero_is_the_last_of_its_month_and_the_century_slides(written, meant):
    assert read_symbol(f"15{written}", today=TODAY).best_before == meant


@pytest.mark.parametrize(("today", "year"), [(dt.date(2060, 1, 1), 2105), (dt.date(2049, 1, 1), 2005)])
def test_the_century_slides_with_the_day_it_is_read(today, year):
    assert read_symbol("17050101", today=today).use_by == dt.date(year, 1, 1)


@pytest.mark.parametrize("wrong", ["261301", "260230", "26023A"])
def test_a_date_that_does_not_exist_is_refused(wrong):
    with pytest.raises(NotGs1):
        read_symbol(f"17{wrong}", today=TODAY)


@pytest.mark.parametrize(
    ("text", "grams"),
    [("3100000012", 12_000), ("3103001234", 1_234), ("3105123456", 1_235), ("3102001250", 12_500)],
)
def test_a_net_weight_is_read_to_the_gram(text, grams):
    assert read_symbol(text, today=TODAY).net_grams == grams


def test_a_pallet_says_what_it_holds():
    symbol = read_symbol(f"00{SSCC}02{GTIN}3748{FNC1}10L-7", today=TODAY)
    assert (symbol.sscc, symbol.content_gtin, symbol.count, symbol.lot) == (SSCC, GTIN, 48, "L-7")


@pytest.mark.parametrize("typed", ["3017620422003", "96385074", "9520000000004", SSCC, f"(00){SSCC}"])
def test_a_number_typed_by_hand_is_recognised_by_its_check_digit(typed):
    symbol = read_symbol(typed, today=TODAY)
    assert symbol.gtin or symbol.sscc


@pytest.mark.parametrize("number", [GTIN[:-1] + "5", SSCC[:-1] + "4"])
def test_a_wrong_check_digit_is_refused(number):
    name = "01" if len(number) == 14 else "00"
    with pytest.raises(NotGs1, match=r"check digit|clé de contrôle"):
        read_symbol(name + number, today=TODAY)


def test_a_shops_own_code_identifies_no_article():
    symbol = read_symbol(completed("200123456789"), today=TODAY)
    assert symbol.is_in_store
    assert symbol.article == ""


def test_what_a_warehouse_does_not_need_is_kept_as_it_stands():
    symbol = read_symbol(f"01{GTIN}240ABC{FNC1}10L1", today=TODAY)
    assert (symbol.lot, dict(symbol.others)) == ("L1", {"240": "ABC"})


@pytest.mark.parametrize(
    "text", ["", "   ", "bonjour", "(01)", f"01{GTIN}01{GTIN}", "10", "https://example.org/", "1" * 3000]
)
def test_what_is_no_gs1_code_is_refused(text):
    with pytest.raises(NotGs1):
        read_symbol(text, today=TODAY)


@given(numbers, st.integers(1, 99_999_999), days, marks, st.permutations(range(4)))
def test_what_is_written_for_a_symbol_is_read_back_strung_or_in_brackets(number, count, day, lot, order):
    gtin = completed(number)
    parts = [("02", gtin), count_element(count), date_element("15", day), lot_element(lot)]
    elements = [part for place in order if (part := parts[place])]
    for written in (strung_together(elements), bracketed(elements)):
        read = read_symbol(written, today=day)
        assert (read.content_gtin, read.count, read.best_before, read.lot) == (gtin, count, day, lot)


@given(st.integers(1, 99_999_999_999))
def test_a_weight_is_written_as_finely_as_six_digits_can(grams):
    element = weight_element(grams)
    if element is None:
        assert grams >= 999_999_500
        return
    read = read_symbol(strung_together([("02", GTIN), element]), today=TODAY).net_grams
    assert read is not None
    assert abs(read - grams) <= 500
    assert grams >= 1_000_000 or read == grams


def test_a_lot_that_gs1_has_no_signs_for_is_not_written():
    assert (lot_element("Lot n° 3"), lot_element("X" * 21), lot_element("")) == (None, None, None)
