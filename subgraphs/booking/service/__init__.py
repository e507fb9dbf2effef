"""What may happen to films, showtimes, bookings and payments: one transaction a method."""
