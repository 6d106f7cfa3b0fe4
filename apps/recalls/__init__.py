"""Goods that must not be eaten: which lots, kept back at once, who was served, what became of them.

Receives: GoodsReceived, LotReleased, LotsEntered, OrderCancelled, OrderRevised.
Emits: RecallCaseChanged, LotsRecalled, PartnerWarned.
"""
