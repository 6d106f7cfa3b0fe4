"""Views of the stage, by audience."""
