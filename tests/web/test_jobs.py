"""Pages of background jobs: how far each is, what it made, who may look; the same without scripts."""

import datetime as dt
from collections.abc import Callable, Iterator
from uuid import UUID, uuid4

import pytest
from django.test import Client

from apps.kernel import clock
from apps.kernel.abilities import Actor, Role
from apps.kernel.history import history_of
from apps.kernel.jobs.selectors import files_of_job
from apps.kernel.jobs.states import JobState
from apps.kernel.models import Job, StoredFile
from tenants.crossing import Purpose, in_platform, in_tenant
from tenants.outbox.delivery import deliver_one
from tenants.registry.models import FoodBank
from tests.making.jobs import Labels, make_job, out_of_paper, printing_labels
from tests.people import SignIn, actor_as, visitor
from tests.statements import statements_of

Deliver = Callable[[], int]


@pytest.fixture
def labels(bank: FoodBank) -> Iterator[Labels]:
    with printing_labels() as kind:
        yield kind


@pytest.fixture
def browser(bank: FoodBank, sign_in: SignIn) -> Client:
    """The browser of somebody who takes orders: it sees its own jobs."""
    return sign_in(bank, Role.ORDERS)


@pytest.fixture
def printed(labels: Labels, browser: Client, deliver: Deliver) -> tuple[Job, StoredFile]:
    """A job that is done, with its one file."""
    job = make_job(labels, 2, actor=whose(browser))
    deliver()
    (file,) = files_of_job(job)
    return job, file


def whose(browser: Client) -> Actor:
    """Return who sits at a browser."""
    with in_platform(Purpose.TEST):
        person_id = UUID(browser.session["_auth_user_id"])
    return Actor(id=person_id, label="Inès Morel", roles=frozenset({Role.ORDERS}))


def address(job: Job, act: str = "") -> str:
    return f"/jobs/{job.pk}/{act}"


def polled(browser: Client, job: Job):
    """Ask as the page does by itself."""
    return browser.get(address(job), headers={"HX-Request": "true", "HX-Target": "job"})


def text(answer) -> str:
    return " ".join(answer.content.decode().split())


def test_the_page_says_how_far_it_is_and_asks_again_by_itself_until_the_end(
    labels, browser, deliver: Deliver
):
    job = make_job(labels, actor=whose(browser))
    said = text(browser.get(address(job)))
    assert "6 labels" in said
    assert "Waiting" in said
    assert 'hx-trigger="every 2s"' in said
    for _ in range(2):
        deliver_one()
    part = polled(browser, job)
    assert part.status_code == 200
    assert "<html" not in text(part)
    assert '<progress class="progress" max="6" value="2"' in text(part)
    assert "2 of 6 labels" in text(part)
    deliver()
    part = polled(browser, job)
    assert part.status_code == 286
    assert "Done." in text(part)
    assert "hx-trigger" not in text(browser.get(address(job)))


def test_without_scripts_a_link_asks_again_and_buttons_are_forms(labels, browser, deliver: Deliver):
    job = make_job(labels, actor=whose(browser))
    said = text(browser.get(address(job)))
    assert '<noscript><a class="button" href="">Refresh</a></noscript>' in said
    assert f'<form method="post" action="{address(job, "cancel/")}">' in said
    deliver()
    assert "Refresh" not in text(browser.get(address(job)))


def test_progress_is_read_out_at_each_quarter_and_its_end_once(labels, browser, deliver: Deliver):
    job = make_job(labels, 8, actor=whose(browser))
    said = []
    while deliver_one() is not None:
        page = text(polled(browser, job))
        said.append(page.split('data-said="')[1].split('"')[0])
    assert said == ["", "2 of 8 labels", "4 of 8 labels", "6 of 8 labels", ""]
    assert page.count("message-text") == 1


def test_its_files_come_through_the_one_door(labels, browser, deliver: Deliver):
    job = make_job(labels, 2, actor=whose(browser))
    deliver()
    (file,) = files_of_job(job)
    said = text(browser.get(address(job)))
    assert f'href="/files/{file.pk}/"' in said
    answer = browser.get(f"/files/{file.pk}/")
    assert b"".join(answer).startswith(b"%PDF-")
    assert answer["Content-Disposition"] == 'attachment; filename="label-0-label-1.pdf"'


@pytest.mark.parametrize("role", [Role.DRIVER, Role.PARTNER, Role.VOLUNTEER, Role.ORDERS])
def test_nobody_else_opens_a_job_stops_it_or_takes_its_file(printed, bank, sign_in, role):
    job, file = printed
    other = sign_in(bank, role, partner_id=uuid4() if role is Role.PARTNER else None)
    for answer in (
        other.get(address(job)),
        other.post(address(job, "cancel/")),
        other.post(address(job, "retry/")),
        other.get(f"/files/{file.pk}/"),
    ):
        assert answer.status_code in (403, 404)


def test_a_stranger_is_asked_who_it_is(labels, bank, deliver: Deliver):
    job = make_job(labels, 2)
    assert visitor(bank).get(address(job)).status_code == 302


def test_antwin_b_knows_neither_the_job_nor_its_file(labels, twin_b, browser, sign_in, deliver: Deliver):
    job = make_job(labels, 2, actor=whose(browser))
    deliver()
    (file,) = files_of_job(job)
    elsewhere = sign_in(twin_b, Role.MANAGER)
    for path in (address(job), f"/files/{file.pk}/"):
        assert elsewhere.get(path).status_code == 404
    with in_tenant(twin_b, Purpose.TEST):
        assert not Job.objects.exists()


def test_a_driver_does_not_see_the_list(bank, sign_in):
    assert sign_in(bank, Role.DRIVER).get("/jobs/").status_code == 403


def test_the_list_shows_ones_own_and_a_manager_everybodys_or_ones_own(labels, bank, browser, sign_in):
    make_job(labels, 3, actor=whose(browser))
    make_job(labels, 5)
    mine = text(browser.get("/jobs/"))
    assert "3 labels" in mine
    assert "5 labels" not in mine
    assert 'name="whose"' not in mine
    manager = sign_in(bank, Role.MANAGER)
    every = text(manager.get("/jobs/"))
    assert "3 labels" in every
    assert "5 labels" in every
    assert "labels" not in text(manager.get("/jobs/", {"whose": "mine"})).split("records-count")[1]
    assert "3 labels" in text(manager.get("/jobs/", {"state": "queued"}))
    assert "3 labels" not in text(manager.get("/jobs/", {"state": "failed"}))


def test_the_menu_leads_there(bank, browser):
    assert 'href="/jobs/"' in text(browser.get("/"))


def test_it_is_stopped_and_taken_up_again_from_its_page(labels, browser):
    job = make_job(labels, actor=whose(browser))
    said = text(browser.post(address(job, "cancel/"), follow=True))
    assert "Stopped. What was made before stays." in said
    assert "Try again" in said
    said = text(browser.post(address(job, "retry/"), follow=True))
    assert "Waiting" in said
    assert [entry.actor_label for entry in history_of(job)][:2] == ["orders person"] * 2


def test_stopping_what_has_ended_is_a_plain_refusal(labels, browser, deliver: Deliver):
    job = make_job(labels, 2, actor=whose(browser))
    deliver()
    answer = browser.post(address(job, "cancel/"))
    assert answer.status_code == 409
    assert "just ended" in text(answer)


def test_asking_to_stop_by_address_changes_nothing(labels, browser):
    job = make_job(labels, actor=whose(browser))
    assert browser.get(address(job, "cancel/")).status_code == 302
    assert Job.objects.get(pk=job.pk).state == JobState.QUEUED


def test_a_failure_is_told_in_words_with_a_reference(labels, browser, deliver: Deliver):
    labels.script["label-0"] = out_of_paper
    job = make_job(labels, actor=whose(browser))
    deliver()
    said = text(browser.get(address(job)))
    assert f"Tray 2 has no paper. Reference: {job.reference}." in said
    labels.script["label-0"] = lambda: 1 / 0
    browser.post(address(job, "retry/"))
    deliver()
    said = text(browser.get(address(job)))
    assert (
        "A mistake of the software stopped this job. Try again; if it stops again, give its reference."
        f" Reference: {job.reference}." in said
    )
    assert "ZeroDivision" not in said


def test_what_an_older_version_asked_for_is_called_by_its_kind(labels, browser):
    job = make_job(labels, actor=whose(browser))
    Job.objects.filter(pk=job.pk).update(
        params={"boxes": 3}, started_at=clock.now() - dt.timedelta(seconds=65)
    )
    said = text(browser.get(address(job)))
    assert "Labels" in said
    assert "for 1 min 05 s" in said


def test_thirty_jobs_take_as_many_statements_as_three(labels, browser):
    counts = []
    for more in (3, 27):
        for _ in range(more):
            make_job(labels, actor=whose(browser))
        counts.append(statements_of(lambda: browser.get("/jobs/")))
    assert counts[0] == counts[1]


def test_the_journal_tells_who_asked(labels, bank, sign_in):
    make_job(labels, actor=actor_as(Role.ORDERS))
    said = text(sign_in(bank, Role.MANAGER).get("/journal/"))
    assert "Background job" in said
    assert "Labels" in said
