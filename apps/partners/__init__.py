"""Who serves people: charities, agreements, accreditation, people served (counts only).

Receives: nothing. Emits: nothing.
"""
