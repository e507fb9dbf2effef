"""The three services that own Eventio's data: people, programme and bookings, seats."""
