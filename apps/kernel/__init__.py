"""What every stage of a food bank stands on: quantities, time, facts, history, abilities."""
