"""What leaves the house: reports, logs, figures, health."""
