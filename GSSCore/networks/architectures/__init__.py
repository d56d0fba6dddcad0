"""The five networks."""
