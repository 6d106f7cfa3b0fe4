"""Real servers of others, played on loopback: they speak the protocol and keep what they were sent."""
