"""The stage catalogue."""
