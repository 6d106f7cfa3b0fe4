"""The network: lives in the public schema, and is the only code that sees several banks."""
