"""The journey of a kilogram: every stage of a food bank, upstream first.

Calls go upstream, facts go downstream. This tuple imports nothing and is read by the settings, the
menu, the import contracts, the documentation and the tests: a new stage takes its place here first.
"""

FLOW: tuple[str, ...] = (
    "sites",
    "donors",
    "partners",
    "catalogue",
    "offers",
    "rounds",
    "receiving",
    "stock",
    "workshop",
    "orders",
    "delivery",
    "recalls",
    "impact",
)
