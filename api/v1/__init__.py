"""Version 1: offers, stock, orders, indicators."""
