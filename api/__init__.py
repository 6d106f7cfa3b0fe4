"""The HTTP API: thin, over the same services and abilities as the pages."""
