"""Guards taken away one by one: each time a named test must fail."""
