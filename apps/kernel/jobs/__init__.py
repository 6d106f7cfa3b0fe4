"""Long work that somebody asked for: done in a worker, part by part, and looked at on a page.

A stage declares its kinds of work in its ``jobs`` module; ``collecto.wiring`` names them all. Work is asked
for through ``services``, run through the outbox by ``running``, looked after by ``keeping``.
"""
