"""The food banks of the network: their names, hosts, territory and state."""
