"""The bank's page of figures."""

import datetime as dt

import pytest
from django.test import Client

from apps.kernel import clock
from apps.kernel.abilities import Role
from tests.making.figures import count
from tests.making.network import make_shipped
from tests.people import visitor

MARCH = "/impact/?span=month&day=2026-03-10"


@pytest.fixture
def figures(twin_a, twin_b) -> None:
    count(twin_a, "in", 1_000_000, is_fresh=True)
    count(twin_a, "in", 3_000_000, source="INDUSTRY", family="BREAD", is_organic=True)
    count(twin_a, "out", 1_500_000, detail="EPICERIE_SOCIALE")
    count(twin_a, "out", 100_000, detail="CHRS", is_food=False)
    count(twin_a, "loss", 400_000, detail="damaged")
    count(twin_a, "in", 2_000_000, day=dt.date(2026, 2, 10))
    count(twin_b, "in", 777_000)


def text_of(client: Client, url: str) -> str:
    response = client.get(url)
    assert response.status_code == 200
    return " ".join(response.content.decode().replace("\u00a0", " ").split())


def test_the_page_shows_the_figures_of_the_period_beside_those_before(figures, twin_a, sign_in):
    page = text_of(sign_in(twin_a, Role.MANAGER), MARCH)
    assert "March 2026, compared with February 2026" in page
    assert "4,000 kg" in page
    assert "100% more (2,000 kg)" in page
    assert "3,000" in page  # meals: 1,500 kg of food, hygiene left out
    assert "20.0%" in page  # 400 kg lost of 2,000 kg that left
    assert "777 kg" not in page


def test_each_figure_explains_itself(figures, twin_a, sign_in):
    page = text_of(sign_in(twin_a, Role.VOLUNTEER), MARCH)
    assert "1 kg making 2 meals of 500 g. Hygiene products are not counted." in page
    assert "Source: Movements of the stock ledger. Definition, version 1." in page


def test_charts_say_their_finding_and_give_the_same_figures_as_a_table(figures, twin_a, sign_in):
    page = text_of(sign_in(twin_a, Role.MANAGER), MARCH)
    assert "Industry and wholesale brings the most: 3,000 kg, 75% of the weight received." in page
    assert page.count('role="img"') == 8
    assert "Most was received on 10 March: 4,000 kg." in page


def test_the_period_is_in_the_address_and_leads_to_its_neighbours(figures, twin_a, sign_in):
    page = text_of(sign_in(twin_a, Role.MANAGER), MARCH)
    assert "?span=month&amp;day=2026-02-01" in page
    assert "?span=month&amp;day=2026-04-01" in page
    own = text_of(sign_in(twin_a, Role.MANAGER), "/impact/?span=custom&since=2026-02-09&until=2026-02-11")
    assert "9 to 11 February 2026" in own
    assert "2,000 kg" in own


@pytest.mark.parametrize(
    "query",
    ["span=century", "span=month&day=soon", "span=custom&since=2026-03-02&until=2026-03-01", "span=custom"],
)
def test_an_address_that_makes_no_sense_shows_the_current_month(query, twin_a, sign_in):
    with clock.time_set_to(dt.datetime(2026, 5, 20, 12, tzinfo=dt.UTC)):
        assert "May 2026" in text_of(sign_in(twin_a, Role.MANAGER), f"/impact/?{query}")


@pytest.mark.parametrize("span", ["week", "month", "year"])
def test_an_empty_period_says_so(span, twin_a, sign_in):
    page = text_of(sign_in(twin_a, Role.MANAGER), f"/impact/?span={span}&day=2020-01-01")
    assert "Nothing was received or handed over in this period." in page


def test_the_stock_adds_up_everything_since_the_first_day(figures, twin_a, sign_in):
    page = text_of(sign_in(twin_a, Role.MANAGER), MARCH)
    assert "4,000 kg" in page  # 2,000 in February + 4,000 - 1,600 - 400


@pytest.mark.parametrize(
    ("show", "line"),
    [
        ("indicators", "Received;4000;2000;kg;"),
        ("sources", "Industry and wholesale;3000;0.7500"),
        ("flows", "10 March;4000;1600"),
        ("split", "9 March;3000;1000;4000"),
        ("partners", "Social grocery;1500;0.9375"),
        ("losses", "Damaged;400;1.0000"),
        ("families", "BREAD;3000;0.7500"),
    ],
)
def test_what_is_shown_can_be_taken_away_as_a_file(show, line, figures, twin_a, sign_in):
    response = sign_in(twin_a, Role.MANAGER).get(f"{MARCH}&format=csv&show={show}")
    assert response["Content-Type"].startswith("text/csv")
    assert line in response.content.decode()


def test_a_bank_sees_the_surplus_it_takes_part_in_and_no_other(twin_a, twin_b, bank_c, sign_in):
    make_shipped(twin_a, twin_b, grams=250_000)
    make_shipped(twin_b, twin_a, grams=70_000)
    make_shipped(twin_b, bank_c, grams=999_000)
    page = text_of(sign_in(twin_a, Role.MANAGER), MARCH)
    assert "Banque Twin A gave Banque Twin B the most: 250 kg, 78% of 320 kg." in page
    assert "<title>Banque Twin B → Banque Twin A : 70 kg</title>" in page.replace("\u00a0", " ")
    assert "999 kg" not in page
    assert "Banque Autre C" not in page


def test_no_surplus_at_all_is_said_in_words(figures, twin_a, sign_in):
    page = text_of(sign_in(twin_a, Role.MANAGER), MARCH)
    assert "No food went from one bank to another in this period." in page


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("split=kind", "Received fresh or not over time"),
        ("split=source&as=shares", "Share of the weight received, March 2026."),
        ("split=colour&as=cake", "Received by source over time"),
    ],
)
def test_the_address_says_how_the_bars_are_drawn(query, said, figures, twin_a, sign_in):
    assert said in text_of(sign_in(twin_a, Role.MANAGER), f"{MARCH}&{query}")


@pytest.mark.parametrize(
    ("role", "status"), [(Role.MANAGER, 200), (Role.VOLUNTEER, 200), (Role.ACCOUNTS, 200), (Role.DRIVER, 200)]
)
def test_everybody_who_works_in_the_bank_reads_the_figures(role, status, twin_a, sign_in):
    assert sign_in(twin_a, role).get("/impact/").status_code == status


def test_a_partner_does_not(twin_a, sign_in):
    partner = sign_in(twin_a, Role.PARTNER, partner_id=twin_a.pk)
    assert partner.get("/impact/").status_code == 403


def test_a_stranger_is_asked_to_sign_in(twin_a):
    assert visitor(twin_a).get("/impact/").status_code == 302


def test_the_number_of_queries_does_not_grow_with_the_figures(twin_a, sign_in, django_assert_max_num_queries):
    browser = sign_in(twin_a, Role.MANAGER)
    for n in range(40):
        count(twin_a, "in", 1_000, family=f"F{n}", day=dt.date(2026, 3, 1 + n % 28))
    with django_assert_max_num_queries(16):
        browser.get(MARCH)
