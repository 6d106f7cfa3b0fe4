"""Reads of long work."""

from django.db.models import QuerySet

from apps.kernel.abilities import Actor
from apps.kernel.files import files_about
from apps.kernel.jobs.abilities import job_abilities
from apps.kernel.jobs.kinds import is_kind_open_to, kind_choices
from apps.kernel.models import Job, StoredFile


def jobs_visible_to(actor: Actor) -> QuerySet[Job]:
    """Return the jobs this person may see, newest first: one's own or everybody's, of kinds open to them."""
    kinds = [code for code, _title in kind_choices() if is_kind_open_to(actor, code)]
    allowed = job_abilities(actor)
    if "view_all" in allowed:
        return Job.objects.filter(kind__in=kinds)
    if "view" not in allowed or actor.id is None:
        return Job.objects.none()
    return Job.objects.filter(kind__in=kinds, asked_by_id=actor.id)


def files_of_job(job: Job) -> QuerySet[StoredFile]:
    """Return what a job has made so far, in the order it was made."""
    return files_about([job]).order_by("created_at", "name")
