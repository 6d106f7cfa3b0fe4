"""ProConnect, the identity that French administrations and companies give their people; off by default.

Receives what the issuer signed about a person; finds the one who was invited here, and makes nobody.
"""
