"""Surplus on its way to a bank, and from bank to bank: donor accounts, offers, routing, transfers.

Receives: OfferAccepted, OfferDeclined. Emits: nothing.
"""
