"""Consolidated figures: folding, rights, reconciliation, pages."""
