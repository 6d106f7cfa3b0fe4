"""The shared library: loading it, adopting it."""
