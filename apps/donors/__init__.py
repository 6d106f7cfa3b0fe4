"""Who gives or sells: donors and suppliers, their conventions and contacts.

Receives: nothing. Emits: nothing.
"""
