"""Picking, delivery note, handover, solidarity contribution.

Receives: OrderConfirmed, OrderCancelled. Emits: GoodsDelivered.
"""
