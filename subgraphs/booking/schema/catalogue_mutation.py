"""What staff do with the programme. The role is checked before any input is looked at."""

from __future__ import annotations

import strawberry

from subgraphs.booking.context import BookingInfo
from subgraphs.booking.schema.catalogue_inputs import (
    CancelShowtimeInput,
    CreateCinemaInput,
    CreateMovieInput,
    ScheduleShowtimeInput,
    UpdateCinemaInput,
    UpdateMovieInput,
    UpdateShowtimeInput,
)
from subgraphs.booking.schema.programme import Cinema, Movie, Showtime
from subgraphs.common.errors import Forbidden
from subgraphs.common.graphql_types import UserError
from subgraphs.common.identity import Role, require_staff
from subgraphs.common.payloads import Refusals

_ERRORS = "Why nothing was done; empty when it was."


@strawberry.type(description="What became of a film.")
class MoviePayload:
    """The film, or user errors."""

    movie: Movie | None = strawberry.field(description="The film; null with user errors.")
    user_errors: list[UserError] = strawberry.field(description=_ERRORS)

    @classmethod
    def refused(cls, user_errors: list[UserError]) -> MoviePayload:
        """See `Refusable`."""
        return cls(movie=None, user_errors=user_errors)


@strawberry.type(description="What became of a cinema.")
class CinemaPayload:
    """The cinema, or user errors."""

    cinema: Cinema | None = strawberry.field(description="The cinema; null with user errors.")
    user_errors: list[UserError] = strawberry.field(description=_ERRORS)

    @classmethod
    def refused(cls, user_errors: list[UserError]) -> CinemaPayload:
        """See `Refusable`."""
        return cls(cinema=None, user_errors=user_errors)


@strawberry.type(description="What became of a showtime.")
class ShowtimePayload:
    """The showtime, or user errors."""

    showtime: Showtime | None = strawberry.field(description="The showtime; null with user errors.")
    user_errors: list[UserError] = strawberry.field(description=_ERRORS)

    @classmethod
    def refused(cls, user_errors: list[UserError]) -> ShowtimePayload:
        """See `Refusable`."""
        return cls(showtime=None, user_errors=user_errors)


@strawberry.type
class CatalogueMutation:
    """The programme's part of `Mutation`."""

    @strawberry.mutation(description="Staff: make a film.", extensions=[Refusals(MoviePayload)])
    async def create_movie(self, info: BookingInfo, input: CreateMovieInput) -> MoviePayload:
        staff = require_staff(info.context.caller.principal)
        film = await info.context.catalogue.movies.create(input.to_fields(), actor=staff.id)
        return MoviePayload(movie=Movie.of(film), user_errors=[])

    @strawberry.mutation(description="Staff: change a film.", extensions=[Refusals(MoviePayload)])
    async def update_movie(self, info: BookingInfo, input: UpdateMovieInput) -> MoviePayload:
        staff = require_staff(info.context.caller.principal)
        film = await info.context.catalogue.movies.update(input.id, input.to_fields(), actor=staff.id)
        return MoviePayload(movie=Movie.of(film), user_errors=[])

    @strawberry.mutation(
        description="Staff that is not tied to cinemas: make a cinema.", extensions=[Refusals(CinemaPayload)]
    )
    async def create_cinema(self, info: BookingInfo, input: CreateCinemaInput) -> CinemaPayload:
        staff = require_staff(info.context.caller.principal)
        if staff.role is Role.STAFF and staff.cinema_ids:
            raise Forbidden("Your role is tied to cinemas that are there already.")
        cinema = await info.context.catalogue.cinemas.create(input.to_command(), actor=staff.id)
        return CinemaPayload(cinema=Cinema.of(cinema), user_errors=[])

    @strawberry.mutation(description="Staff of the cinema: change it.", extensions=[Refusals(CinemaPayload)])
    async def update_cinema(self, info: BookingInfo, input: UpdateCinemaInput) -> CinemaPayload:
        staff = require_staff(info.context.caller.principal, cinema_id=input.id)
        cinema = await info.context.catalogue.cinemas.update(
            input.id, actor=staff.id, name=input.name, address=input.address
        )
        return CinemaPayload(cinema=Cinema.of(cinema), user_errors=[])

    @strawberry.mutation(
        description="Staff of the cinema: plan a showtime. Two never overlap in one room.",
        extensions=[Refusals(ShowtimePayload)],
    )
    async def schedule_showtime(self, info: BookingInfo, input: ScheduleShowtimeInput) -> ShowtimePayload:
        staff = require_staff(info.context.caller.principal)
        showtime = await info.context.catalogue.scheduling.schedule(input.to_command(), staff=staff)
        return ShowtimePayload(showtime=Showtime.of(showtime), user_errors=[])

    @strawberry.mutation(
        description="Staff of the cinema: change prices of what is not yet sold, the sale's window, the start.",
        extensions=[Refusals(ShowtimePayload)],
    )
    async def update_showtime(self, info: BookingInfo, input: UpdateShowtimeInput) -> ShowtimePayload:
        staff = require_staff(info.context.caller.principal)
        showtime = await info.context.catalogue.scheduling.update(input.to_command(), staff=staff)
        return ShowtimePayload(showtime=Showtime.of(showtime), user_errors=[])

    @strawberry.mutation(
        description="Staff of the cinema: cancel a showtime and refund every booking of it.",
        extensions=[Refusals(ShowtimePayload)],
    )
    async def cancel_showtime(self, info: BookingInfo, input: CancelShowtimeInput) -> ShowtimePayload:
        staff = require_staff(info.context.caller.principal)
        showtime = await info.context.catalogue.scheduling.cancel(input.showtime_id, reason=input.reason, staff=staff)
        return ShowtimePayload(showtime=Showtime.of(showtime), user_errors=[])
