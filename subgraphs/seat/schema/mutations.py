"""What people and staff can do with seats; what services can do comes from `internal`."""

from __future__ import annotations

import strawberry

from subgraphs.common.payloads import Refusals
from subgraphs.seat.context import Info
from subgraphs.seat.schema.entities import SeatHold, seat_map_of
from subgraphs.seat.schema.inputs import (
    AuditoriumPayload,
    BlockSeatsInput,
    BlockSeatsPayload,
    CreateAuditoriumInput,
    ExtendHoldInput,
    HoldBestSeatsInput,
    HoldPayload,
    HoldSeatsInput,
    ReleaseHoldInput,
)
from subgraphs.seat.schema.internal import InternalMutation
from subgraphs.seat.schema.rooms import Auditorium


@strawberry.type
class Mutation(InternalMutation):
    """The root."""

    @strawberry.mutation(description="Hold seats: all of them or none.", extensions=[Refusals(HoldPayload)])
    async def hold_seats(self, info: Info, input: HoldSeatsInput) -> HoldPayload:
        hold = await info.context.services.holds.hold(info.context.caller.principal, input.to_command())
        return HoldPayload(hold=SeatHold.of(hold))

    @strawberry.mutation(
        description="Hold the best free seats side by side, near the middle of the room at two thirds of its depth.",
        extensions=[Refusals(HoldPayload)],
    )
    async def hold_best_seats(self, info: Info, input: HoldBestSeatsInput) -> HoldPayload:
        hold = await info.context.services.holds.hold_best(info.context.caller.principal, input.to_command())
        return HoldPayload(hold=SeatHold.of(hold))

    @strawberry.mutation(
        description="Give a hold its full time again, never past `maxExpiresAt`.", extensions=[Refusals(HoldPayload)]
    )
    async def extend_hold(self, info: Info, input: ExtendHoldInput) -> HoldPayload:
        hold = await info.context.services.keeper.extend(info.context.caller.principal, input.hold_id)
        return HoldPayload(hold=SeatHold.of(hold))

    @strawberry.mutation(description="Give a hold's seats back.", extensions=[Refusals(HoldPayload)])
    async def release_hold(self, info: Info, input: ReleaseHoldInput) -> HoldPayload:
        hold = await info.context.services.keeper.release(info.context.caller.principal, input.hold_id)
        return HoldPayload(hold=SeatHold.of(hold))

    @strawberry.mutation(description="For staff: make a room.", extensions=[Refusals(AuditoriumPayload)])
    async def create_auditorium(self, info: Info, input: CreateAuditoriumInput) -> AuditoriumPayload:
        room = await info.context.services.rooms.create(info.context.caller.principal, input.to_command())
        return AuditoriumPayload(auditorium=Auditorium.of(room))

    @strawberry.mutation(
        description="For staff: take seats out of a showtime's sale.", extensions=[Refusals(BlockSeatsPayload)]
    )
    async def block_seats(self, info: Info, input: BlockSeatsInput) -> BlockSeatsPayload:
        return await _block(info, input, blocked=True)

    @strawberry.mutation(
        description="For staff: put blocked seats back into a showtime's sale.",
        extensions=[Refusals(BlockSeatsPayload)],
    )
    async def unblock_seats(self, info: Info, input: BlockSeatsInput) -> BlockSeatsPayload:
        return await _block(info, input, blocked=False)


async def _block(info: Info, input: BlockSeatsInput, *, blocked: bool) -> BlockSeatsPayload:
    showtime = await info.context.services.blocking.block(
        info.context.caller.principal,
        showtime_id=input.showtime_id,
        seat_ids=tuple(input.seat_ids),
        blocked=blocked,
    )
    return BlockSeatsPayload(seat_map=await seat_map_of(info, showtime))
