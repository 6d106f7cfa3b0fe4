"""The doctor looks at everything that must be in order, and says plainly what is not."""

import datetime as dt
from collections.abc import Iterator
from socketserver import StreamRequestHandler, ThreadingTCPServer
from threading import Thread

import pytest
from django.conf import settings

from apps.kernel import clock
from apps.kernel.scope import OWNER_DATABASE
from collecto.doctor import NOT_LOOKED_AT, Finding, findings
from collecto.ports import free_port
from tenants.crossing import Purpose, in_platform
from tenants.registry.models import FoodBank
from tests.collecto.observability.rows import prove_books

pytestmark = pytest.mark.django_db(transaction=True)
SUBJECTS = [
    "database",
    "login",
    "migrations",
    "spaces",
    "references",
    "outbox",
    "books",
    "broker",
    "mail",
    "notices",
]


def told() -> dict[str, str]:
    return {finding.subject: finding.sentence for finding in findings()}


def wrong() -> set[str]:
    return {finding.subject for finding in findings() if not finding.is_fine}


def test_an_installation_in_order_is_said_to_be(twin_a):
    assert list(told()) == SUBJECTS
    assert wrong() <= {"login"}


def test_the_login_of_a_superuser_is_named(twin_a):
    """The suite's own connection only takes the application's identity: it logged in as somebody mightier."""
    assert "superuser" in told()["login"]


def test_a_bank_without_its_schema_is_named(fresh_bank):
    bank = fresh_bank()
    with in_platform(Purpose.TEST):
        FoodBank.objects.filter(pk=bank.pk).update(schema_name="b_lost")
    try:
        assert bank.slug in told()["spaces"]
    finally:
        with in_platform(Purpose.TEST):
            FoodBank.objects.filter(pk=bank.pk).update(schema_name=bank.schema_name)


def test_without_the_owner_s_login_the_doctor_says_what_it_did_not_look_at(twin_a, monkeypatch):
    monkeypatch.delitem(settings.DATABASES, OWNER_DATABASE)
    assert {told()[subject] for subject in ("migrations", "spaces")} == {NOT_LOOKED_AT}


@pytest.mark.parametrize(("count", "days", "word"), [(2, 0, "differ"), (0, 4, "not proved for days")])
def test_books_that_differ_or_were_not_proved_are_told_with_their_bank(twin_a, count, days, word):
    prove_books(twin_a.pk, difference_count=count, checked_at=clock.now() - dt.timedelta(days=days))
    assert "books" in wrong()
    assert word in told()["books"]
    assert twin_a.slug in told()["books"]


SMTP = "django.core.mail.backends.smtp.EmailBackend"


def mail() -> Finding:
    return next(finding for finding in findings() if finding.subject == "mail")


@pytest.fixture
def mail_server(settings) -> Iterator[list[str]]:
    """A mail server that knows nobody's password, and what it was told."""
    told: list[str] = []

    class Talk(StreamRequestHandler):
        def handle(self) -> None:
            self.wfile.write(b"220 mail ready\r\n")
            for line in self.rfile:
                told.append(line.decode().strip())
                self.wfile.write(ANSWERS.get(line.split()[0].upper(), b"250 fine\r\n"))

    with ThreadingTCPServer(("127.0.0.1", 0), Talk) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        settings.EMAIL_BACKEND, settings.EMAIL_HOST = SMTP, "127.0.0.1"
        settings.EMAIL_PORT = server.server_address[1]
        yield told
        server.shutdown()


ANSWERS = {
    b"EHLO": b"250-mail\r\n250 AUTH PLAIN\r\n",
    b"AUTH": b"535 5.7.8 who are\r\n",
    b"QUIT": b"221 bye\r\n",
}


def test_a_mail_server_that_takes_letters_is_told_and_given_none(twin_a, mail_server, settings):
    assert mail() == Finding(
        "mail", is_fine=True, sentence=f"127.0.0.1:{settings.EMAIL_PORT} takes our letters"
    )
    assert not [line for line in mail_server if line.upper().startswith(("MAIL", "RCPT", "DATA"))]


def test_a_mail_server_that_refuses_our_login_is_told_with_its_own_words(twin_a, mail_server, settings):
    settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD = "collecto", "wrong"
    found = mail()
    assert not found.is_fine
    assert found.sentence.endswith("does not take our letters: 535 5.7.8 who are")
    assert "wrong" not in found.sentence


def test_a_mail_server_that_is_away_is_told(twin_a, settings):
    settings.EMAIL_BACKEND, settings.EMAIL_HOST, settings.EMAIL_PORT = SMTP, "127.0.0.1", free_port()
    found = mail()
    assert (found.is_fine, "127.0.0.1:" in found.sentence) == (False, True)


@pytest.mark.parametrize("way", ["console", "locmem", "filebased", "dummy"])
def test_letters_that_never_leave_are_wrong_outside_a_demonstration(twin_a, settings, way: str):
    settings.EMAIL_BACKEND, settings.DEMO = f"django.core.mail.backends.{way}.EmailBackend", False
    assert (mail().is_fine, way in mail().sentence) == (False, True)
    settings.DEMO = True
    assert mail().is_fine


def test_another_way_of_mail_is_named_and_not_looked_at(twin_a, settings):
    settings.EMAIL_BACKEND, settings.DEMO = "anymail.backends.brevo.EmailBackend", False
    assert (mail().is_fine, "anymail" in mail().sentence) == (True, True)
