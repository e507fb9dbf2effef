"""The seat subgraph: auditoriums and their layouts, and who may sit where at a showtime."""
