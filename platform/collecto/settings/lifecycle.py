"""The life of a bank: how long a former address leads on, how long an archived bank waits for erasure."""

from collecto.settings import environment

HOST_REDIRECT_DAYS = int(environment.value("COLLECTO_HOST_REDIRECT_DAYS", "180"))
"""Days during which the former address of a renamed bank leads to the new one."""
ERASURE_WAIT_DAYS = int(environment.value("COLLECTO_ERASURE_WAIT_DAYS", "30"))
"""Days a bank stays archived before it may be erased."""
HOST_MEMORY_SECONDS = 2.0
"""How long a process remembers which bank answers on a host."""
