"""What only a real browser can tell: accessibility of the whole page, sizes, focus, scripts."""
