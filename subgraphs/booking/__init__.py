"""The booking subgraph: what is on, what it costs, who bought it."""
