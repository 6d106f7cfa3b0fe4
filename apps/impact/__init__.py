"""Indicators of one bank; reads every stage, called by none.

Receives: nothing. Emits: nothing.
"""
