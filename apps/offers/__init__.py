"""What is proposed to this bank: gift, sale.

Receives: nothing. Emits: OfferAccepted, OfferDeclined.
"""
