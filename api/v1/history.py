"""The history of a record, as a sub-resource of it: codes, grams, cents and ISO dates."""

from typing import Any

from django.db import models
from rest_framework import serializers
from rest_framework.response import Response

from api.resources import Resource
from apps.kernel.abilities import Abilities, require
from apps.kernel.history import history_of
from apps.kernel.models import AuditEntry
from apps.kernel.telling import told


class HistoryShape(serializers.Serializer[Any]):
    """One act: when, by whom in words, its code, what it changed (``[before, after]`` by field), why."""

    id = serializers.UUIDField()
    at = serializers.DateTimeField()
    who = serializers.SerializerMethodField()
    action = serializers.CharField()
    changes = serializers.DictField()
    reason = serializers.CharField()

    def get_who(self, entry: AuditEntry) -> str:
        """Return who did it: a person by name, the software in words."""
        return str(told(entry).who)


class NamelessHistoryShape(HistoryShape):
    """The same, for a charity."""

    def get_who(self, entry: AuditEntry) -> str:
        """Return who did it, without the names of the staff."""
        return str(told(entry, names=False).who)


def history_listed(resource: Resource, record: models.Model, allowed: Abilities) -> Response:
    """Return one page of the history of a record, newest first, to who may read it.

    Raises:
        Forbidden: this person may not.
    """
    require(allowed, "history")
    shape = HistoryShape if resource.actor.is_staff else NamelessHistoryShape
    return resource.listed(history_of(record), shape)
