"""Writing a whole programme at once."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from subgraphs.booking.models import SeatCategory
from subgraphs.booking.service.cinemas import NewCinema
from subgraphs.booking.service.prices import NewPrice
from subgraphs.booking.service.seeding import ShowtimeSeed
from subgraphs.common.errors import InvalidInput, NotAllowedNow, NotFound
from subgraphs.common.ids import new_id
from tests.support.catalogue_service import Programme

PRICES = (NewPrice(SeatCategory.STANDARD, Decimal("11.50"), "EUR"),)


async def seeds(programme: Programme, count: int) -> list[ShowtimeSeed]:
    [cinema] = await programme.service.catalogue.seeder.write_cinemas(
        [NewCinema("Astra", "Berlin", None, "Europe/Berlin")]
    )
    movie, room, now = await programme.movie(runtimeMinutes=100), new_id(), programme.clock.now()
    return [
        ShowtimeSeed(
            movie_id=movie,
            cinema_id=cinema.id,
            auditorium_id=room,
            capacity=80,
            starts_at=now + timedelta(hours=3 * number),
            prices=PRICES,
        )
        for number in range(1, count + 1)
    ]


async def test_showtimes_are_written_in_a_few_statements_and_nothing_waits_in_the_outbox(programme: Programme) -> None:
    seeder = programme.service.catalogue.seeder
    wanted = await seeds(programme, 200)
    with programme.statements() as statements:
        plan = await seeder.plan(wanted)
        await seeder.write(plan)
    assert len([each for each in statements if not each.startswith("BEGIN")]) <= 12
    assert await programme.service.outbox.pending() == 0
    assert programme.seat.calls == []
    query = "{ showtimes(filter: { minAvailable: 80 }) { totalCount nodes { status prices { price { amount } } } } }"
    showtimes = (await programme.data(query))["showtimes"]
    assert showtimes["totalCount"] == 200
    assert showtimes["nodes"][0] == {"status": "ON_SALE", "prices": [{"price": {"amount": "11.50"}}]}


async def test_the_plan_says_what_seat_has_to_be_told(programme: Programme) -> None:
    [seed] = await seeds(programme, 1)
    [opening] = (await programme.service.catalogue.seeder.plan([seed])).openings
    assert (opening.showtime_id, opening.auditorium_id, opening.revision) == (seed.id, seed.auditorium_id, 1)
    assert (opening.starts_at, opening.ends_at) == (seed.starts_at, seed.starts_at + timedelta(minutes=100))
    assert (opening.sale_ends_at, opening.hold_seconds, opening.hold_cap_seconds) == (seed.starts_at, 480, 1_200)
    assert (await programme.data("{ showtimes { totalCount } }"))["showtimes"]["totalCount"] == 0


async def test_showtimes_that_overlap_are_refused_as_a_whole(programme: Programme) -> None:
    seeder = programme.service.catalogue.seeder
    first, second = await seeds(programme, 2)
    await seeder.write(await seeder.plan([first]))
    overlapping = ShowtimeSeed(
        movie_id=first.movie_id,
        cinema_id=first.cinema_id,
        auditorium_id=first.auditorium_id,
        capacity=80,
        starts_at=first.starts_at + timedelta(minutes=99),
        prices=PRICES,
    )
    for bad in ([overlapping, second], [second, second]):
        with pytest.raises(NotAllowedNow):
            await seeder.write(await seeder.plan(bad))
    assert (await programme.data("{ showtimes { totalCount } }"))["showtimes"]["totalCount"] == 1


async def test_unknown_films_and_bad_cinemas_are_refused(programme: Programme) -> None:
    [seed] = await seeds(programme, 1)
    seeder = programme.service.catalogue.seeder
    stranger = ShowtimeSeed(
        movie_id=new_id(),
        cinema_id=seed.cinema_id,
        auditorium_id=seed.auditorium_id,
        capacity=1,
        starts_at=seed.starts_at,
        prices=PRICES,
    )
    with pytest.raises(NotFound):
        await seeder.plan([stranger])
    with pytest.raises(InvalidInput):
        await seeder.write_cinemas([NewCinema("A", "B", None, "UTC"), NewCinema("A", "B", None, "Nowhere")])
    assert (await programme.data("{ cinemas { totalCount } }"))["cinemas"]["totalCount"] == 1
