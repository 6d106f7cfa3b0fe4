"""The stage donors."""
