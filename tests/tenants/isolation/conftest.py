"""What the tests of isolation share."""

from tests.tenants.isolation.planting import plant, redrawn

__all__ = ["plant", "redrawn"]
