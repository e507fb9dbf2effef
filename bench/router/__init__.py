"""Benches of the router alone, on supergraphs and operations that are made up from seeds."""
