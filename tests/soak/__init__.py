"""A site made to leak if anything can: read by the soak of isolation, served by a real web server."""
