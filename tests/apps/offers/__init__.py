"""What the stage of offers promises."""
