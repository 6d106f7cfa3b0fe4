"""What charities order from live stock, reserved lot by lot.

Receives: nothing. Emits: OrderConfirmed, OrderRevised, OrderCancelled.
"""
