"""The first page of each audience: what to do today."""

from importlib import import_module

from django.http import HttpResponse
from django.shortcuts import render

from apps.kernel import clock
from apps.kernel.abilities import Actor
from apps.kernel.doors import StaffRequest, reads
from apps.kernel.today import Queue
from tenants.network import today as network

STAGES_WITH_QUEUES = ("offers", "rounds", "receiving", "stock", "orders", "delivery")
"""Stages whose ``today`` module says what waits there."""


def queues_for(actor: Actor) -> list[Queue]:
    """Return what waits for this person: in every stage, in the order goods travel, then in the network."""
    stages = (import_module(f"apps.{stage}.today") for stage in STAGES_WITH_QUEUES)
    return [queue for stage in stages for queue in stage.queues(actor)] + network.queues(actor)


@reads
def home(request: StaffRequest) -> HttpResponse:
    """Show what to do today to whoever signed in: staff, partner, driver."""
    return render(request, "home/bank.html", {"queues": queues_for(request.actor), "today": clock.today()})
