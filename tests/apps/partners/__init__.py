"""The stage partners."""
