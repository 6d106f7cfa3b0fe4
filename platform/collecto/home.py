"""The first page of each audience: what to do today."""

from importlib import import_module
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render

from apps.kernel import clock
from apps.kernel.abilities import Actor
from apps.kernel.doors import StaffRequest, reads
from apps.kernel.pages import Action, Panel
from apps.kernel.today import Queue
from tenants.network import today as network

STAGES_WITH_QUEUES = ("offers", "rounds", "receiving", "stock", "workshop", "orders", "delivery", "recalls")
"""Stages whose ``today`` module says what waits there."""


def queues_for(actor: Actor) -> list[Queue]:
    """Return what waits for this person: in every stage, in the order goods travel, then in the network."""
    stages = (import_module(f"apps.{stage}.today") for stage in STAGES_WITH_QUEUES)
    return [queue for stage in stages for queue in stage.queues(actor)] + network.queues(actor)


def actions_for(actor: Actor) -> list[Action]:
    """Return what this person comes to do most."""
    return [action for today in _todays("actions") for action in today.actions(actor)]


def panels_for(actor: Actor) -> list[Panel]:
    """Return what this person comes to read."""
    return [panel for today in _todays("panels") for panel in today.panels(actor)]


def _todays(name: str) -> list[Any]:
    """Return the ``today`` modules that answer to a name, in the order goods travel."""
    found = (import_module(f"apps.{stage}.today") for stage in (*STAGES_WITH_QUEUES, "impact"))
    return [today for today in found if hasattr(today, name)]


@reads
def home(request: StaffRequest) -> HttpResponse:
    """Show what to do today to whoever signed in: staff, partner, driver."""
    actor = request.actor
    shown = {"queues": queues_for(actor), "actions": actions_for(actor), "panels": panels_for(actor)}
    return render(request, "home/bank.html", {**shown, "today": clock.today()})
