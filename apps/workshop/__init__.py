"""Goods are made of others: cooked, or frozen before their last day.

Receives: nothing. Emits: nothing.
"""
