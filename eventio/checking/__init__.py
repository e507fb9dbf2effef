"""What `eventio check` does: reads the books of booking and seat, and says which invariants do not hold."""
