"""A thousand banks on one server: run by hand, see docs/thousand-banks.md."""
