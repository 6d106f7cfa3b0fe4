"""Pages about signing in: the ways, the second factor, passkeys, codes, open sessions, the hub."""
