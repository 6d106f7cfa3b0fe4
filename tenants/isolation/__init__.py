"""What the database itself enforces: one schema and one role per bank, and no scope by default."""
