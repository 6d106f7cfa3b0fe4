"""Pages: look, forms, doors."""
