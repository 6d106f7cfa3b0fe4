"""People of the network: accounts, memberships, sign-in, API tokens."""
