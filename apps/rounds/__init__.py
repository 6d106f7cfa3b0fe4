"""Collection rounds: stops, weights, temperatures, refusals.

Receives: OfferAccepted. Emits: GoodsCollected, StopMissed.
"""
