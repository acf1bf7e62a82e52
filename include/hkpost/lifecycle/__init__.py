"""Which state an item is in, what is terminal, when to ask again: pure functions over data."""
