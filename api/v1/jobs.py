"""Background jobs: how far one is, and what it has made."""

from typing import Any
from uuid import UUID

from django.shortcuts import get_object_or_404
from django.urls import reverse
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.resources import Resource
from apps.kernel.abilities import require
from apps.kernel.jobs.abilities import job_abilities
from apps.kernel.jobs.selectors import files_of_job, jobs_visible_to
from apps.kernel.jobs.states import JobState
from apps.kernel.models import StoredFile


class JobFile(serializers.Serializer[Any]):
    """A file that a job has made; ``url`` opens it in a browser that is signed in."""

    id = serializers.UUIDField()
    name = serializers.CharField()
    size_bytes = serializers.IntegerField()
    url = serializers.SerializerMethodField()

    def get_url(self, file: StoredFile) -> str:
        """Return the path of the file."""
        return reverse("file_open", args=[file.pk])


class JobShape(serializers.Serializer[Any]):
    """A job: ``done`` of ``total`` items; ``message_code`` says why it failed, ``reference`` is to quote."""

    id = serializers.UUIDField()
    kind = serializers.CharField()
    state = serializers.ChoiceField(choices=JobState.choices)
    done = serializers.IntegerField()
    total = serializers.IntegerField()
    message_code = serializers.CharField()
    reference = serializers.CharField()
    created_at = serializers.DateTimeField()
    started_at = serializers.DateTimeField(allow_null=True)
    ended_at = serializers.DateTimeField(allow_null=True)
    files = JobFile(many=True)


class Jobs(Resource):
    """Background jobs of this bank: one's own, or everybody's for a manager."""

    serializer_class = JobShape

    @extend_schema(responses=JobShape)
    def retrieve(self, request: Request, pk: UUID) -> Response:
        """Read how far a job is; ask again every few seconds until its state is done, failed or cancelled."""
        require(job_abilities(self.actor), "view")
        job: Any = get_object_or_404(jobs_visible_to(self.actor), pk=pk)
        job.files = files_of_job(job)
        return Response(JobShape(job).data)
