"""Recalls of the whole network: public notices read once, spread to every bank, followed bank by bank."""
