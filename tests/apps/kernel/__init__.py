"""The kernel: what every stage stands on."""
