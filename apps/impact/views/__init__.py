"""Pages of the bank's figures."""
