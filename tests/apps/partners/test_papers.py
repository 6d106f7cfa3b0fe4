"""Papers of a partner: attached to an agreement or a visit, listed, opened, removed."""

import re
from uuid import uuid4

import pytest
from django.core.files.storage import storages
from django.test import Client
from django.urls import reverse

from apps.kernel.abilities import Role
from apps.kernel.errors import Forbidden
from apps.kernel.files import opened
from apps.kernel.history import history_of
from apps.kernel.models import StoredFile
from apps.partners.models import Partner
from apps.partners.selectors import papers_about, subject_of, subjects_of
from apps.partners.services import paper_archive, paper_attach
from tenants.registry.models import FoodBank
from tests.making.papers import HTML, JPEG, PDF, PNG, form, make_paper, upload
from tests.making.partners import make_agreement, make_hygiene_visit, make_partner
from tests.people import SignIn, actor_as, visitor
from tests.statements import statements_of

STAFF = (Role.MANAGER, Role.STOCK, Role.ROUNDS, Role.ORDERS, Role.ACCOUNTS, Role.VOLUNTEER)
KEEPERS = {Role.MANAGER, Role.ORDERS}


@pytest.fixture
def browser(bank: FoodBank, sign_in: SignIn) -> Client:
    """A manager's browser."""
    return sign_in(bank, Role.MANAGER)


@pytest.fixture
def partner(bank: FoodBank) -> Partner:
    """A partner with an agreement."""
    return make_partner()


def attach_url(partner: Partner) -> str:
    return reverse("partners_paper_attach", args=[partner.pk], urlconf="collecto.urls_tenant")


def sheet(partner: Partner) -> str:
    return f"/partners/{partner.pk}/"


def address(paper: StoredFile) -> str:
    return f"/files/{paper.pk}/"


@pytest.mark.parametrize(
    ("content", "name", "kind"),
    [(PDF, "convention.pdf", "PDF"), (JPEG, "visite.JPG", "JPG"), (PNG, "visite.png", "PNG")],
)
def test_a_paper_is_attached_listed_and_opened(browser, partner, content, name, kind):
    subject = subjects_of(partner)[0]
    page = browser.post(attach_url(partner), form(subject, upload(content, name=name)), follow=True)
    (paper,) = papers_about([subject])
    assert address(paper) in page.text
    assert kind in page.text
    assert b"".join(browser.get(address(paper)).streaming_content) == content


def test_the_form_offers_the_agreements_and_visits_of_this_partner_alone(browser, partner):
    visit, other = make_hygiene_visit(partner), make_agreement()
    offered = re.findall(r'<option value="([0-9a-f-]{36})"', browser.get(attach_url(partner)).text)
    assert offered == [str(subjects_of(partner)[0].pk), str(visit.pk)]
    answer = browser.post(attach_url(partner), form(other, upload()))
    assert set(answer.context["form"].errors) == {"subject"}


def test_without_agreement_nor_visit_the_page_says_what_comes_first(browser):
    partner = make_partner(agreement=False)
    page = browser.get(sheet(partner)).text
    assert "Record an agreement or a visit to attach its paper." in page
    assert attach_url(partner) not in page


@pytest.mark.parametrize(
    ("content", "says"),
    [(HTML, "not a PDF"), (b"", "empty"), (PDF + b" " * 2048, "at most")],
)
def test_a_file_that_we_do_not_keep_is_refused_at_its_field(browser, partner, settings, content, says):
    settings.FILE_BYTES_MOST = 2048
    subject = subjects_of(partner)[0]
    answer = browser.post(attach_url(partner), form(subject, upload(content, kind="application/pdf")))
    assert answer.status_code == 422
    assert says in answer.context["form"].errors["file"][0]
    assert not StoredFile.objects.exists()


def test_a_request_without_end_is_not_read(browser, partner, settings):
    settings.REQUEST_BYTES_MOST = 1024
    browser.raise_request_exception = False
    answer = browser.post(attach_url(partner), form(subjects_of(partner)[0], upload(PDF + b" " * 2048)))
    assert answer.status_code in (400, 413)
    assert not StoredFile.objects.exists()


def test_a_double_click_attaches_once(browser, partner):
    subject, key = subjects_of(partner)[0], uuid4()
    for _ in range(2):
        browser.post(attach_url(partner), form(subject, upload(), op_key=key))
    assert papers_about([subject]).count() == 1
    assert history_of(partner).filter(action="paper_attached").count() == 1


def test_a_paper_is_removed_and_put_back_and_the_history_tells_it(browser, partner):
    paper = make_paper(subjects_of(partner)[0], name="convention.pdf")
    remove = f"/partners/papers/{paper.pk}/remove/"
    assert remove in browser.get(sheet(partner)).text
    assert partner.name in browser.get(remove).text
    page = browser.post(remove, {"reason": "Unreadable."}, follow=True).text
    assert "Paper removed" in page
    assert address(paper) not in page
    assert browser.get(address(paper)).status_code == 404
    browser.post(f"{remove}?archived=0")
    assert address(paper) in browser.get(sheet(partner)).text


@pytest.mark.parametrize("role", [*STAFF, Role.DRIVER])
def test_each_role_does_what_it_may_with_the_agreement(bank, sign_in, partner, role):
    paper, browser = make_paper(subjects_of(partner)[0]), sign_in(bank, role)
    sees, keeps = role in STAFF, role in KEEPERS
    assert browser.get(address(paper)).status_code == (200 if sees else 403)
    assert browser.get(attach_url(partner)).status_code == (200 if keeps else 403)
    assert browser.get(f"/partners/papers/{paper.pk}/remove/").status_code == (200 if keeps else 403)


def test_a_charity_s_person_opens_their_own_papers_and_no_other(bank, sign_in, partner):
    own, other = make_paper(subjects_of(partner)[0]), make_paper()
    browser = sign_in(bank, Role.PARTNER, partner_id=partner.pk)
    page = browser.get(sheet(partner)).text
    assert address(own) in page
    assert "/remove/" not in page
    assert browser.get(address(own)).status_code == 200
    assert browser.get(address(other)).status_code == 403


def test_strangers_and_other_banks_open_nothing(bank, twin_b, sign_in, partner):
    paper = make_paper(subjects_of(partner)[0])
    assert visitor(bank).get(address(paper)).status_code == 302
    assert sign_in(twin_b, Role.MANAGER).get(address(paper)).status_code == 404


def test_the_services_refuse_who_does_not_keep_the_partners(bank, partner):
    paper, volunteer = make_paper(subjects_of(partner)[0]), actor_as(Role.VOLUNTEER)
    with pytest.raises(Forbidden):
        paper_attach(volunteer, subject=subject_of(paper), file=upload())
    with pytest.raises(Forbidden):
        paper_archive(volunteer, paper=paper)


@pytest.mark.parametrize(("content", "disposition"), [(PDF, "attachment"), (PNG, "inline"), (JPEG, "inline")])
def test_a_browser_is_told_to_trust_nothing_in_a_file(browser, partner, content, disposition):
    answer = browser.get(address(make_paper(subjects_of(partner)[0], content=content, name='a"b;é.pdf')))
    assert answer["Content-Disposition"].startswith(disposition)
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Cache-Control"] == "private, no-store"
    assert answer["Content-Security-Policy"] == "sandbox; default-src 'none'; style-src 'unsafe-inline'"


def test_a_file_of_a_kind_that_nobody_answers_for_is_not_found(browser, partner):
    paper = make_paper(subjects_of(partner)[0])
    StoredFile.objects.filter(pk=paper.pk).update(record_kind="kernel.auditentry")
    assert browser.get(address(paper)).status_code == 404


def test_a_file_whose_bytes_were_lost_is_not_found(browser, partner):
    paper = make_paper(subjects_of(partner)[0])
    storages["default"].delete(paper.storage_name)
    assert browser.get(address(paper)).status_code == 404


def test_thirty_papers_take_as_many_statements_as_three(browser, partner):
    subject, counts = subjects_of(partner)[0], []
    for more in (3, 27):
        for _ in range(more):
            make_paper(subject)
        counts.append(statements_of(lambda: browser.get(sheet(partner))))
    assert counts[0] == counts[1]


def test_the_bytes_come_back_as_they_were_sent(bank, partner):
    with opened(make_paper(subjects_of(partner)[0], content=JPEG)) as file:
        assert file.read() == JPEG
