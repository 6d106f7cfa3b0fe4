"""Menu entries of the stage."""

from apps.kernel.doors import MenuEntry

MENU: list[MenuEntry] = []
