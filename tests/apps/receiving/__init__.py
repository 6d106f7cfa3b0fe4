"""What the stage of receiving promises."""
