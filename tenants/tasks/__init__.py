"""Deferred work: a task runs in the bank it was sent for, on the shared tables if it says so, or not."""
