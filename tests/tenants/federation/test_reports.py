"""The report of a period on paper, and the letter of the month to who asked for it."""

import datetime as dt
import io
import re
from collections.abc import Callable
from email.message import EmailMessage, Message
from typing import Any

import pypdf
import pytest
from django.core import mail
from django.test import Client

from apps.kernel import clock
from apps.kernel.abilities import Role
from tenants.accounts.models import Membership, User
from tenants.crossing import Purpose, in_platform
from tenants.federation.facts import MonthEnded
from tenants.federation.handlers import on_month_ended
from tenants.federation.models import ReportSubscription
from tenants.federation.reporting import reports_prepare
from tenants.registry.models import FoodBank
from tests.making.figures import count
from tests.making.network import make_shipped
from tests.people import visitor

PERIOD = "/reports/period/?span=month&day=2026-03-10"
MARCH = dt.datetime(2026, 3, 20, 12, tzinfo=dt.UTC)
APRIL = dt.datetime(2026, 4, 1, 4, tzinfo=dt.UTC)

Month = Callable[[], int]


@pytest.fixture
def figures(twin_a, twin_b) -> None:
    count(twin_a, "in", 4_000_000)
    count(twin_a, "out", 1_500_000, detail="CHRS")
    count(twin_b, "in", 777_000_000)
    make_shipped(twin_a, twin_b, grams=250_000)


@pytest.fixture
def manager_there(twin_a, sign_in) -> Client:
    client: Client = sign_in(twin_a, Role.MANAGER)
    return client


@pytest.fixture
def month_ends(deliver, mailoutbox) -> Month:
    """The first of April: reports are prepared twice, as two beats do, and delivered."""

    def run() -> int:
        with clock.time_set_to(APRIL):
            for _beat in range(2):
                with in_platform(Purpose.TEST):
                    reports_prepare()
                deliver()
        return len(mailoutbox)

    return run


def subscribe(client: Client, wanted: str = "yes") -> int:
    with clock.time_set_to(MARCH):
        return client.post("/reports/subscription/", {"wanted": wanted}).status_code


def words_of(pdf: bytes) -> str:
    return " ".join(" ".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(pdf)).pages).split())


def root_of(pdf: bytes) -> Any:
    return pypdf.PdfReader(io.BytesIO(pdf)).trailer["/Root"]


def sent() -> EmailMessage:
    return mail.outbox[-1].message()


def part(kind: str) -> str:
    found = next(piece for piece in sent().walk() if piece.get_content_type() == kind)
    return bytes_of(found).decode()


def bytes_of(piece: Message) -> bytes:
    payload = piece.get_payload(decode=True)
    assert isinstance(payload, bytes)
    return payload


# --- on paper ---


def test_a_bank_has_its_report_as_an_accessible_pdf(figures, manager_there):
    answer = manager_there.get(PERIOD)
    assert answer["Content-Type"] == "application/pdf"
    assert "banque-twin-a-march-2026.pdf" in answer["Content-Disposition"]
    reader = pypdf.PdfReader(io.BytesIO(answer.content))
    assert reader.metadata
    assert reader.metadata.title == "Figures of March 2026"
    assert root_of(answer.content)["/MarkInfo"]["/Marked"]


def test_the_paper_holds_figures_findings_tables_and_definitions(figures, manager_there):
    words = words_of(manager_there.get(PERIOD).content)
    assert "Banque Twin A" in words
    assert "4,000 kg received, 1,500 kg handed over." in words
    assert "Banque Twin A gave Banque Twin B the most: 250 kg, 100% of 250 kg." in words
    assert "1 kg making 2 meals of 500 g" in words
    assert "777" not in words


def test_the_charts_on_paper_say_their_finding_to_who_cannot_see_them(figures, manager_there):
    pdf = manager_there.get(PERIOD).content
    said = " ".join(alts_of(root_of(pdf)["/StructTreeRoot"]))
    assert "Received and handed over. 4,000 kg received, 1,500 kg handed over." in said.replace("\xa0", " ")


def alts_of(node: Any) -> list[str]:
    node = node.get_object()
    if isinstance(node, list):
        return [alt for child in node for alt in alts_of(child)]
    if not isinstance(node, dict):
        return []
    own = [str(node["/Alt"])] if "/Alt" in node else []
    return own + (alts_of(node["/K"]) if "/K" in node else [])


def test_the_federation_has_the_report_of_the_network_or_of_a_region(figures, federation, sign_in):
    reader = sign_in(federation, Role.FEDERATION)
    assert "781,000 kg" in words_of(reader.get(PERIOD).content)
    region = words_of(reader.get(f"{PERIOD}&region=Bourgogne-Franche-Comté").content)
    assert "Fédération Test, Bourgogne-Franche-Comté" in region


def test_a_report_of_nothing_says_so(manager_there):
    words = words_of(manager_there.get("/reports/period/?span=month&day=2020-01-01").content)
    assert "No food went from one bank to another in this period." in words


# --- who gets the letter ---


def test_who_asked_gets_the_month_that_is_over_once(figures, manager_there, month_ends):
    assert subscribe(manager_there) == 302
    assert month_ends() == 1
    assert mail.outbox[0].subject == "Banque Twin A: figures of March 2026"
    assert month_ends() == 1


def test_a_month_told_twice_is_sent_once(figures, manager_there, month_ends):
    subscribe(manager_there)
    month_ends()
    with in_platform(Purpose.TEST):
        key = ReportSubscription.objects.values_list("pk", flat=True).get()
        on_month_ended(MonthEnded(subscription_id=key, month=dt.date(2026, 3, 1)))
    assert len(mail.outbox) == 1


def test_who_did_not_ask_gets_nothing(figures, manager_there, month_ends):
    assert month_ends() == 0


def test_asking_twice_is_asking_once(manager_there, month_ends):
    subscribe(manager_there)
    subscribe(manager_there)
    assert month_ends() == 1


def test_who_no_longer_wants_it_gets_nothing(manager_there, month_ends):
    subscribe(manager_there)
    subscribe(manager_there, "no")
    assert month_ends() == 0


def test_who_left_the_bank_gets_nothing(twin_a, manager_there, month_ends):
    subscribe(manager_there)
    with in_platform(Purpose.TEST):
        Membership.objects.filter(bank=twin_a).update(ended_at=MARCH)
    assert month_ends() == 0


def test_a_bank_that_is_not_at_work_sends_nothing(twin_a, manager_there, month_ends):
    subscribe(manager_there)
    with in_platform(Purpose.TEST):
        FoodBank.objects.filter(pk=twin_a.pk).update(status="suspended")
    assert month_ends() == 0


def test_the_first_letter_is_that_of_the_month_which_ends_next(manager_there, deliver, mailoutbox):
    subscribe(manager_there)
    with clock.time_set_to(MARCH), in_platform(Purpose.TEST):
        assert reports_prepare() == 0


def test_the_page_says_whether_the_letter_comes(manager_there):
    assert b"Get the report by e-mail each month" in manager_there.get("/impact/").content
    subscribe(manager_there)
    assert b"Stop the monthly e-mail" in manager_there.get("/impact/").content


@pytest.mark.parametrize("role", [Role.VOLUNTEER, Role.ACCOUNTS, Role.DRIVER])
def test_only_managers_may_ask(role, twin_a, sign_in):
    client = sign_in(twin_a, role)
    assert subscribe(client) == 403
    assert b"Get the report by e-mail" not in client.get("/impact/").content


def test_a_subscription_is_kept_per_bank(twin_a, twin_b, manager_there, sign_in):
    subscribe(manager_there)
    other = sign_in(twin_b, Role.MANAGER)
    assert b"Get the report by e-mail each month" in other.get("/impact/").content


def test_the_federation_s_people_get_the_report_of_the_network(figures, federation, sign_in, month_ends):
    subscribe(sign_in(federation, Role.FEDERATION))
    assert month_ends() == 1
    assert "781,000 kg received" in part("text/plain").replace("\xa0", " ")


# --- what it says ---


def test_the_letter_has_the_same_figures_as_words_and_as_pictures(figures, manager_there, month_ends):
    subscribe(manager_there)
    month_ends()
    finding = "4,000 kg received, 1,500 kg handed over. Most was received on 10 March: 4,000 kg."
    plain, html = (part(kind).replace("\xa0", " ") for kind in ("text/plain", "text/html"))
    assert finding in plain
    assert finding in html
    assert f'alt="{finding}"' in html
    assert "- Received: 4,000 kg (none before" in plain
    assert "777" not in plain + html


def test_every_picture_of_the_letter_is_inside_it(figures, manager_there, month_ends):
    subscribe(manager_there)
    month_ends()
    shown = set(re.findall(r'src="cid:([^"]+)"', part("text/html")))
    held = {
        piece["Content-ID"].strip("<>"): bytes_of(piece)
        for piece in sent().walk()
        if piece.get_content_type() == "image/png"
    }
    assert shown == set(held)
    assert len(held) == 3
    assert all(png.startswith(b"\x89PNG") for png in held.values())


def test_the_letter_is_in_the_language_of_its_reader(figures, manager_there, month_ends):
    subscribe(manager_there)
    with in_platform(Purpose.TEST):
        User.objects.update(language="fr")
    month_ends()
    assert "mars 2026" in mail.outbox[0].subject
    assert 'lang="fr"' in part("text/html")


def test_the_letter_can_be_seen_before_it_comes(figures, manager_there):
    with clock.time_set_to(APRIL):
        page = manager_there.get("/reports/letter/").content.decode()
    assert "Banque Twin A: figures of March 2026" in page
    assert 'role="img"' in page


# --- stopping ---


def stop_link() -> str:
    return next(re.finditer(r"/reports/stop/\S+/", part("text/plain"))).group()


def is_subscribed() -> bool:
    with in_platform(Purpose.TEST):
        return ReportSubscription.objects.filter(ended_at=None).exists()


@pytest.fixture
def link(figures, manager_there, month_ends) -> str:
    subscribe(manager_there)
    month_ends()
    return stop_link()


def test_a_mail_program_that_opens_every_link_stops_nothing(link, twin_a):
    assert visitor(twin_a).get(link).status_code == 200
    assert is_subscribed()


def test_one_click_stops_without_signing_in(link, twin_a):
    assert sent()["List-Unsubscribe"].strip("<>").endswith(link)
    stranger = Client(enforce_csrf_checks=True, headers={"host": "twin-a.localhost"})
    assert stranger.post(link, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert not is_subscribed()


def test_the_link_of_one_bank_stops_nothing_at_another(link, twin_b):
    assert visitor(twin_b).post(link).status_code == 404
    assert is_subscribed()


def test_a_link_that_was_changed_stops_nothing(link, twin_a):
    assert visitor(twin_a).post(link.replace("stop/", "stop/x")).status_code == 404
