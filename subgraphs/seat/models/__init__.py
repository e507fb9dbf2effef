"""Tables of the seat subgraph, and the values that are read from them."""
