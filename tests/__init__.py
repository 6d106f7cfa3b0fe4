"""The suite: reads like specifications, one behaviour each, through public doors."""
