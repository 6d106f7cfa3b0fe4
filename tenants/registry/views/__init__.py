"""Pages of the operator of the platform, on the public site."""
