"""Pages of the stage, by audience."""
