"""Settings: one short module per concern, one module per environment."""
