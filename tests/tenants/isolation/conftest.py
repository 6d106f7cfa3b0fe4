"""What the tests of isolation share."""

from tests.tenants.isolation.planting import plant

__all__ = ["plant"]
