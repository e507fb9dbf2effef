"""SQL of the auth subgraph: each repository works within the unit of work that a service opened."""
