"""The SQL of the booking subgraph, always within a unit of work that a service opened."""
