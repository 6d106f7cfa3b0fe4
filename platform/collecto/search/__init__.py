"""The search box of a bank: what was typed, where to look, what was found, and the page that shows it."""
