"""The ``collecto`` command."""

from collecto.commands import main

if __name__ == "__main__":
    main()
