"""Safe Passage."""
