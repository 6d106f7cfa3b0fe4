"""Tests of the stage ``orders``."""
