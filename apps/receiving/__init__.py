"""Weigh, sort, check temperature, accept with reserve, refuse.

Receives: GoodsCollected. Emits: GoodsReceived.
"""
