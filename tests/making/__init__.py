"""Builders of valid records for tests, one module per stage."""
