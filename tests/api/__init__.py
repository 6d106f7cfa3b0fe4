"""The API: rights, shapes, schema."""
