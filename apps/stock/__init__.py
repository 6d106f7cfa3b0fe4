"""Lots and the double-entry ledger in grams.

Receives: GoodsReceived. Emits: LotBlocked, LotReleased, LotsEntered.
"""
