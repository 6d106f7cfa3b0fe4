"""What moves: families, products, units, adopted from the shared library.

Receives: nothing. Emits: nothing.
"""
