"""Django, made ready once, so that the processes forked from here begin at once."""

import django

django.setup()
