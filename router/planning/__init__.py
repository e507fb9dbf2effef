"""From an operation to a query plan: pure functions, one stage a file."""
