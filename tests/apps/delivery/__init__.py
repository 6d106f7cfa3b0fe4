"""Tests of the stage ``delivery``."""
