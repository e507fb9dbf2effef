"""Proof by fire: real processes are killed, cut off and lied to while hundreds buy; then the books are compared."""
