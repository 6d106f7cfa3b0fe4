"""Where a bank works: warehouses, locations, vehicles, opening slots.

Receives: nothing. Emits: nothing.
"""
