"""Database engine: django-tenants' PostgreSQL backend, guarded by the open scope."""
