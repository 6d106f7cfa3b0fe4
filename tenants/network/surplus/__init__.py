"""Surplus of one bank, offered to the others: published, asked for, allocated, and what banks agreed on."""
