"""Demo data: cinemas in four cities, real films, two weeks of showtimes, a part of the seats sold."""
