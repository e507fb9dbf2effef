"""The supergraph: SDL to a frozen model, the API schema, and what each subgraph has."""
