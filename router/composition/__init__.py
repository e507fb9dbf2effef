"""From subgraph SDLs to a supergraph SDL, and why not."""
