"""A background job through the API: read, by who may."""

from uuid import uuid4

import pytest

from apps.kernel.abilities import Role
from tenants.crossing import Purpose, in_tenant
from tests.making.jobs import make_job, printing_labels


@pytest.fixture
def job(twin_a, deliver):
    """A job that is done."""
    with printing_labels() as labels:
        with in_tenant(twin_a, Purpose.TEST):
            made = make_job(labels, 3)
        deliver()
        yield made


def test_a_program_reads_how_far_it_is_and_what_was_made(program, twin_a, job):
    body = program(twin_a, Role.MANAGER).get(f"/api/v1/jobs/{job.pk}/").json()
    assert (body["state"], body["done"], body["total"], body["kind"]) == ("done", 3, 3, "test.labels")
    assert [file["name"] for file in body["files"]] == ["label-0-label-1.pdf", "label-2.pdf"]
    assert body["files"][0]["url"] == f"/files/{body['files'][0]['id']}/"
    assert body["reference"] == job.reference


@pytest.mark.parametrize(("role", "status"), [(Role.ORDERS, 404), (Role.DRIVER, 403), (Role.PARTNER, 403)])
def test_nobody_reads_the_job_of_somebody_else(program, twin_a, job, role, status):
    client = program(twin_a, role, partner_id=uuid4() if role is Role.PARTNER else None)
    assert client.get(f"/api/v1/jobs/{job.pk}/").status_code == status


def test_another_bank_does_not_know_it(program, twin_b, job):
    assert program(twin_b, Role.MANAGER).get(f"/api/v1/jobs/{job.pk}/").status_code == 404


def test_it_is_only_read(program, twin_a, job):
    assert program(twin_a, Role.MANAGER).post(f"/api/v1/jobs/{job.pk}/").status_code == 405
