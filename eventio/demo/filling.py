"""Fills empty databases: films, accounts, cinemas with rooms, two weeks of showtimes, a part of the seats sold."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Final
from zoneinfo import ZoneInfo

from eventio.demo.accounts import ACCOUNTS, AUDIENCE, PASSWORD
from eventio.demo.programme import Film, parties, slots
from eventio.demo.rooms import CINEMAS, Cinema, Room
from eventio.films import FILE, read_rows
from eventio.process import Services
from eventio.progress import Show
from subgraphs.auth.service.person import Person
from subgraphs.booking.models.catalogue import SeatCategory as PriceCategory
from subgraphs.booking.paging import PageRequest
from subgraphs.booking.repository.cinemas import CinemaQuery
from subgraphs.booking.repository.movie_search import MovieOrder, MovieQuery
from subgraphs.booking.service.cinemas import NewCinema
from subgraphs.booking.service.prices import NewPrice
from subgraphs.booking.service.sale_seeding import SeededBooking, SeededSeat
from subgraphs.booking.service.seeding import ShowtimePlan, ShowtimeSeed
from subgraphs.common.identity import Role
from subgraphs.common.ids import new_scoped_id
from subgraphs.seat.models.records import AuditoriumRecord, ShowtimeSpec
from subgraphs.seat.seating.category import ACCESSIBLE
from subgraphs.seat.seating.layout import Layout
from subgraphs.seat.seating.plan import RowPlan

_SEED: Final = 20_260_101
_FILMS: Final = 40
_FILMS_LOOKED_AT: Final = 100
_SHORTEST_MINUTES: Final = 75
_LONGEST_MINUTES: Final = 170
_ACTOR: Final = "system:demo"
_SHOWTIMES_AT_ONCE: Final = 50
_FILM_FILE_MADE: Final = date(2010, 11, 1)


@dataclass(frozen=True)
class _House:
    """A cinema as both services know it."""

    cinema: Cinema
    cinema_id: str
    auditoriums: tuple[AuditoriumRecord, ...]


async def is_empty(services: Services) -> bool:
    """Tell whether there is no cinema yet."""
    return await services.booking.catalogue.cinemas.count(CinemaQuery()) == 0


async def fill(services: Services, *, show: Show, now: datetime | None = None) -> None:
    """Write the demo data.

    Args:
        services: started, on empty databases.
        show: hears what is done.
        now: the day on which the programme starts; today by default.
    """
    people, _ = await asyncio.gather(_accounts(services), _films(services, show))
    houses = await _houses(services, show)
    films = await _best_films(services)
    start = now or services.booking.database.clock.now()
    plan = await services.booking.catalogue.seeder.plan(
        [seed for house in houses for seed in _seeds(house, films, now=start)]
    )
    await _open(services, plan, show)
    await _sell(services, plan, people, show)


async def _accounts(services: Services) -> list[Person]:
    """Make the accounts; gives the people who have bought already, the demo's customer among them."""
    create = services.auth.services.registration.create_user
    made = await asyncio.gather(
        *(create(account.email, PASSWORD, account.name, role=account.role) for account in (*ACCOUNTS, *AUDIENCE))
    )
    return [person for person in made if person.role is Role.CUSTOMER]


async def _films(services: Services, show: Show) -> None:
    await services.booking.catalogue.importer.import_movies(
        read_rows(FILE), progress=lambda done, total: show("Films", done, total), as_of=_FILM_FILE_MADE
    )


async def _best_films(services: Services) -> list[Film]:
    """Give the best rated films that fit an evening."""
    query = MovieQuery(order=MovieOrder.RATING)
    page = await services.booking.catalogue.movies.page(query, PageRequest(first=_FILMS_LOOKED_AT))
    films = [Film(movie.id, movie.runtime_minutes) for movie in page.items if movie.runtime_minutes is not None]
    return [film for film in films if _SHORTEST_MINUTES <= film.runtime_minutes <= _LONGEST_MINUTES][:_FILMS]


async def _houses(services: Services, show: Show) -> list[_House]:
    new = [NewCinema(cinema.name, cinema.city, cinema.address, cinema.time_zone) for cinema in CINEMAS]
    records = await services.booking.catalogue.seeder.write_cinemas(new)
    houses = []
    for number, (cinema, record) in enumerate(zip(CINEMAS, records, strict=True), start=1):
        plans = [(room.name, _plan(room)) for room in cinema.rooms]
        rooms = await services.seat.services.rooms.add_in_bulk(record.id, plans, actor=_ACTOR)
        houses.append(_House(cinema, record.id, tuple(rooms)))
        show("Cinemas", number, len(CINEMAS))
    return houses


def _plan(room: Room) -> list[RowPlan]:
    return [RowPlan(row.label, row.seats) for row in room.rows]


def _seeds(house: _House, films: Sequence[Film], *, now: datetime) -> list[ShowtimeSeed]:
    # The first day is tomorrow in the cinema's zone: nothing has begun when the system starts.
    first_day = date.fromordinal(now.astimezone(ZoneInfo(house.cinema.time_zone)).date().toordinal() + 1)
    return [
        ShowtimeSeed(
            movie_id=slot.film.id,
            cinema_id=house.cinema_id,
            auditorium_id=auditorium.id,
            capacity=auditorium.capacity,
            starts_at=slot.starts_at,
            prices=_prices(slot.prices, house.cinema.currency),
        )
        for index, auditorium in enumerate(house.auditoriums)
        for slot in slots(house.cinema, films, room_index=index, first_day=first_day, seed=_SEED)
    ]


def _prices(minor: dict[str, int], currency: str) -> tuple[NewPrice, ...]:
    return tuple(NewPrice(PriceCategory[name], Decimal(amount) / 100, currency) for name, amount in minor.items())


async def _open(services: Services, plan: ShowtimePlan, show: Show) -> None:
    specs = [ShowtimeSpec(**{name: getattr(one, name) for name in ShowtimeSpec.__slots__}) for one in plan.openings]
    await services.seat.services.bulk.open_showtimes(specs, actor=_ACTOR)
    await services.booking.catalogue.seeder.write(plan)
    show("Showtimes", len(plan.rows), len(plan.rows))


async def _sell(services: Services, plan: ShowtimePlan, people: Sequence[Person], show: Show) -> None:
    """Sell a part of the seats: as many confirmed, paid bookings as groups of people who sit together."""
    rooms = {row["auditorium_id"] for row in plan.rows}
    layouts = await _layouts(services, rooms)
    for start in range(0, len(plan.rows), _SHOWTIMES_AT_ONCE):
        batch = plan.rows[start : start + _SHOWTIMES_AT_ONCE]
        parts = {row["id"]: _bookings(row["id"], layouts[row["auditorium_id"]], people) for row in batch}
        fences = await services.seat.services.bulk.sell_in_bulk(
            {showtime: [(one.id, one.positions) for one in bookings] for showtime, bookings in parts.items()},
            actor=_ACTOR,
        )
        await services.booking.selling.sales.seeder.record(
            [one.seeded(layouts[row["auditorium_id"]], fences[one.id]) for row in batch for one in parts[row["id"]]]
        )
        show("Sold seats", start + len(batch), len(plan.rows))


async def _layouts(services: Services, auditorium_ids: Iterable[str]) -> dict[str, Layout]:
    auditoriums = await services.seat.services.rooms.auditoriums(sorted(auditorium_ids))
    layouts = await services.seat.services.layouts.get_many(room.layout_id for room in auditoriums.values())
    return {room.id: layouts[room.layout_id] for room in auditoriums.values()}


@dataclass(frozen=True)
class _Party:
    """People who sit together, and the booking that one of them made."""

    id: str
    buyer: Person
    positions: tuple[int, ...]

    def seeded(self, layout: Layout, fence: int) -> SeededBooking:
        seats = tuple(
            SeededSeat(seat.id, PriceCategory[seat.category.name], seat.label)
            for seat in (layout.seats[position] for position in self.positions)
        )
        return SeededBooking(self.id, self.buyer.id, self.buyer.email, seats, fence)


def _bookings(showtime_id: str, layout: Layout, people: Sequence[Person]) -> list[_Party]:
    accessible = frozenset(seat.position for seat in layout.seats if seat.category in ACCESSIBLE)
    return [
        _Party(new_scoped_id(showtime_id), people[number % len(people)], positions)
        for number, positions in enumerate(parties(len(layout.seats), blocked=accessible, seed=showtime_id))
    ]
