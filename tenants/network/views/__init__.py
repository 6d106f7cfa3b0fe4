"""Pages of the network: for anybody, for donors, for the staff of a bank."""
