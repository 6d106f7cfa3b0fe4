"""Loaded by the workers of these tests: adds the tests' own fact to their wiring table."""

from tests.tenants.outbox.kitchen import wire

wire()
