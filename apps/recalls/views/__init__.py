"""Pages of the recalls."""
