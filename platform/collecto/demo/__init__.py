"""A network of fictional activity: banks, people, one simulated week through the real services."""
