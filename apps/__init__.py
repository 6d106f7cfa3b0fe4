"""One food bank, stage by stage, in the order goods travel."""
