"""Picking, delivery note, handover, solidarity contribution.

Receives: OrderConfirmed, OrderRevised, OrderCancelled, NoteMailed. Emits: GoodsDelivered, NoteMailed.
"""
