"""Calls between services: guarded by a service token, absent from the public schema, each safe to repeat."""

from __future__ import annotations

import strawberry

from subgraphs.common.scalars import BigInt
from subgraphs.seat.context import Info
from subgraphs.seat.schema.internal_types import (
    Acknowledgement,
    AdoptGuestInput,
    BindHoldInput,
    CloseShowtimeInput,
    ForgetPersonInput,
    HoldStepInput,
    OpenShowtimeInput,
    OpenShowtimePayload,
    ReclaimSeatsInput,
    RegisterCinemaInput,
    ReleaseSeatsInput,
    SeatClaimPayload,
)


def _actor(info: Info) -> str:
    """Name the calling service for the log; raises Forbidden for anybody else."""
    return f"service:{info.context.caller.require_service()}"


@strawberry.type
class InternalMutation:
    """A part of the root."""

    @strawberry.federation.mutation(inaccessible=True, description="For services: a cinema exists.")
    async def register_cinema(self, info: Info, input: RegisterCinemaInput) -> Acknowledgement:
        _actor(info)
        await info.context.services.rooms.register_cinema(input.cinema_id)
        return Acknowledgement(done=True)

    @strawberry.federation.mutation(inaccessible=True, description="For services: open a showtime or change its times.")
    async def open_showtime(self, info: Info, input: OpenShowtimeInput) -> OpenShowtimePayload:
        actor, settings = _actor(info), info.context.settings
        spec = input.to_spec(hold_seconds=settings.hold_seconds, hold_cap_seconds=settings.hold_cap_seconds)
        version = await info.context.services.showtimes.open(spec, actor=actor)
        return OpenShowtimePayload(opened=version is not None, version=None if version is None else BigInt(version))

    @strawberry.federation.mutation(inaccessible=True, description="For services: end a cancelled showtime's holds.")
    async def close_showtime(self, info: Info, input: CloseShowtimeInput) -> Acknowledgement:
        actor = _actor(info)
        return Acknowledgement(done=await info.context.services.showtimes.close(input.showtime_id, actor=actor))

    @strawberry.federation.mutation(inaccessible=True, description="For services: make a hold a booking's.")
    async def bind_hold(self, info: Info, input: BindHoldInput) -> SeatClaimPayload:
        actor = _actor(info)
        outcome = await info.context.services.steps.bind(
            input.hold_id, booking_id=input.booking_id, owners=input.owners, actor=actor
        )
        return SeatClaimPayload.of(outcome)

    @strawberry.federation.mutation(inaccessible=True, description="For services: stop time while a payment runs.")
    async def pin_hold(self, info: Info, input: HoldStepInput) -> SeatClaimPayload:
        actor = _actor(info)
        return SeatClaimPayload.of(await info.context.services.steps.pin(input.to_step(), actor=actor))

    @strawberry.federation.mutation(inaccessible=True, description="For services: let time count again.")
    async def unpin_hold(self, info: Info, input: HoldStepInput) -> SeatClaimPayload:
        actor = _actor(info)
        return SeatClaimPayload.of(await info.context.services.steps.unpin(input.to_step(), actor=actor))

    @strawberry.federation.mutation(inaccessible=True, description="For services: make a hold's seats SOLD.")
    async def claim_seats(self, info: Info, input: HoldStepInput) -> SeatClaimPayload:
        actor = _actor(info)
        return SeatClaimPayload.of(await info.context.services.steps.claim(input.to_step(), actor=actor))

    @strawberry.federation.mutation(inaccessible=True, description="For services: take seats for late money.")
    async def reclaim_seats(self, info: Info, input: ReclaimSeatsInput) -> SeatClaimPayload:
        actor = _actor(info)
        outcome = await info.context.services.steps.reclaim(
            input.booking_id, showtime_id=input.showtime_id, seat_ids=input.seat_ids, actor=actor
        )
        return SeatClaimPayload.of(outcome)

    @strawberry.federation.mutation(inaccessible=True, description="For services: new seats for old ones, in one step.")
    async def swap_seats(self, info: Info, input: HoldStepInput) -> SeatClaimPayload:
        actor = _actor(info)
        return SeatClaimPayload.of(await info.context.services.steps.swap(input.to_step(), actor=actor))

    @strawberry.federation.mutation(inaccessible=True, description="For services: free all that a booking has.")
    async def release_seats(self, info: Info, input: ReleaseSeatsInput) -> SeatClaimPayload:
        actor = _actor(info)
        outcome = await info.context.services.steps.release(
            input.booking_id, showtime_id=input.showtime_id, actor=actor
        )
        return SeatClaimPayload.of(outcome)

    @strawberry.federation.mutation(inaccessible=True, description="For services: a guest became a user.")
    async def adopt_guest(self, info: Info, input: AdoptGuestInput) -> Acknowledgement:
        _actor(info)
        await info.context.services.people.adopt(guest_id=input.guest_id, user_id=input.user_id)
        return Acknowledgement(done=True)

    @strawberry.federation.mutation(inaccessible=True, description="For services: somebody is to be forgotten.")
    async def forget_person(self, info: Info, input: ForgetPersonInput) -> Acknowledgement:
        _actor(info)
        await info.context.services.people.forget(input.user_id)
        return Acknowledgement(done=True)
