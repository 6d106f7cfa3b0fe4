"""The one outbox: what must still happen because of what has happened, bank by bank."""
