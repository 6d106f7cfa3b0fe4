"""Where a bank works: warehouses, locations, vehicles, opening slots; and how its papers look.

Receives: nothing. Emits: LetterheadChanged.
"""
