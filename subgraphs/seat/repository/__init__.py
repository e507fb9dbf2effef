"""The only SQL of the seat subgraph.

Locks are always taken in the same order: seats in key order, then the showtime, then holds. Who holds the showtime's
lock takes further seats only where nobody else has them (SKIP LOCKED), so no two transactions wait for each other in a
circle.
"""
