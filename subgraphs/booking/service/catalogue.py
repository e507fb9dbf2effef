"""The services of the programme, as a request or a command finds them."""

from __future__ import annotations

from dataclasses import dataclass

from subgraphs.booking.service.cinemas import CinemaService
from subgraphs.booking.service.importing import MovieImporter
from subgraphs.booking.service.movies import MovieService
from subgraphs.booking.service.scheduling import SchedulingService
from subgraphs.booking.service.seeding import CatalogueSeeder
from subgraphs.booking.service.showtimes import ShowtimeService


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Films, cinemas, showtimes; what commands need beside: importing films, seeding."""

    movies: MovieService
    cinemas: CinemaService
    showtimes: ShowtimeService
    scheduling: SchedulingService
    importer: MovieImporter
    seeder: CatalogueSeeder
