"""Pages about people, by audience: what is one's own, the people of a bank, invitations, programs."""

from tenants.accounts.views.own import account_language

__all__ = ["account_language"]
