"""The command line and the all-in-one process: the only code that knows both router and subgraphs."""
