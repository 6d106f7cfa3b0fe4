"""Races: real threads, real connections, real commits."""
