"""Shared application of the network."""
