"""Tests of the network between banks."""
