"""Lots and the ledger."""
