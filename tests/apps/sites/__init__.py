"""The stage sites."""
