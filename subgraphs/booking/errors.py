"""The booking subgraph's own errors, beside those of `subgraphs.common.errors`."""
