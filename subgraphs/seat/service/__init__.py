"""What the seat subgraph decides. Every method is one transaction, or says why not."""
