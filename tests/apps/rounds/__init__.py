"""What the stage of rounds promises."""
