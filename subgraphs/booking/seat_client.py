"""A typed client for the internal calls that the seat subgraph offers; a repeated call has no second effect."""

from __future__ import annotations

import enum
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final, Protocol

from subgraphs.booking.models.catalogue import SeatCategory


class ClaimStatus(enum.Enum):
    """What became of a step on a hold or on a booking's seats."""

    DONE = "DONE"
    NOT_FOUND = "NOT_FOUND"
    EXPIRED = "EXPIRED"
    LOST = "LOST"
    STALE_FENCE = "STALE_FENCE"
    CLOSED = "CLOSED"


@dataclass(frozen=True, slots=True)
class ClaimedSeat:
    """A seat of a claim. `label` is what stands on it, like `F12`."""

    seat_id: str
    category: SeatCategory
    label: str


@dataclass(frozen=True, slots=True)
class SeatClaim:
    """Seat's answer to a step. Without `DONE` nothing was changed.

    Attributes:
        status: see `ClaimStatus`.
        fence: names the claim in the next steps.
        showtime_id: the showtime of the seats.
        seats: in layout order.
        expires_at: when time frees the seats; None where it does not.
        max_expires_at: how far `expires_at` may be extended.
    """

    status: ClaimStatus
    fence: int | None
    showtime_id: str | None
    seats: tuple[ClaimedSeat, ...]
    expires_at: datetime | None
    max_expires_at: datetime | None


@dataclass(frozen=True, slots=True)
class AuditoriumFacts:
    """What the programme has to know of a room."""

    id: str
    cinema_id: str
    name: str
    capacity: int
    layout_id: str
    layout_version: int
    categories: frozenset[SeatCategory]


@dataclass(frozen=True, slots=True)
class OpenShowtime:
    """What seat has to know of a showtime. A newer `revision` replaces the times of an older one."""

    showtime_id: str
    auditorium_id: str
    starts_at: datetime
    ends_at: datetime
    sale_starts_at: datetime
    sale_ends_at: datetime
    hold_seconds: int
    hold_cap_seconds: int
    revision: int

    def to_input(self) -> dict[str, Any]:
        """Give the GraphQL input `OpenShowtimeInput`."""
        return {
            "showtimeId": self.showtime_id,
            "auditoriumId": self.auditorium_id,
            "startsAt": _moment(self.starts_at),
            "endsAt": _moment(self.ends_at),
            "saleStartsAt": _moment(self.sale_starts_at),
            "saleEndsAt": _moment(self.sale_ends_at),
            "holdSeconds": self.hold_seconds,
            "holdCapSeconds": self.hold_cap_seconds,
            "revision": self.revision,
        }


class Caller(Protocol):
    """What this client needs of `subgraphs.common.service_client.ServiceClient`."""

    async def call(
        self, document: str, variables: Mapping[str, Any], *, timeout_seconds: float = ...
    ) -> dict[str, Any]: ...


_CLAIM: Final = "status fence showtimeId seats { seatId category label } expiresAt maxExpiresAt"


def _mutation(field: str, input_type: str, selection: str) -> str:
    return f"mutation ($input: {input_type}!) {{ {field}(input: $input) {{ {selection} }} }}"


_REGISTER_CINEMA: Final = _mutation("registerCinema", "RegisterCinemaInput", "done")
_OPEN_SHOWTIME: Final = _mutation("openShowtime", "OpenShowtimeInput", "opened")
_CLOSE_SHOWTIME: Final = _mutation("closeShowtime", "CloseShowtimeInput", "done")
_CLAIM_STEPS: Final = {
    field: _mutation(field, input_type, _CLAIM)
    for field, input_type in {
        "bindHold": "BindHoldInput",
        "pinHold": "HoldStepInput",
        "unpinHold": "HoldStepInput",
        "claimSeats": "HoldStepInput",
        "reclaimSeats": "ReclaimSeatsInput",
        "swapSeats": "HoldStepInput",
        "releaseSeats": "ReleaseSeatsInput",
    }.items()
}
_AUDITORIUM_FACTS: Final = (
    "query ($id: ID!) { auditoriumFacts(id: $id) { id cinemaId name capacity layoutId layoutVersion categories } }"
)
_AVAILABLE: Final = (
    "query ($of: [_Any!]!) { _entities(representations: $of) { ... on Showtime { id availability { available } } } }"
)


class SeatClient:
    """Calls seat. Every method raises what `ServiceClient.call` raises: ServiceUnavailable, RemoteRefusal."""

    def __init__(self, client: Caller) -> None:
        self._client = client

    async def register_cinema(self, cinema_id: str) -> None:
        """Tell seat that a cinema exists, so that it may get auditoriums."""
        await self._client.call(_REGISTER_CINEMA, {"input": {"cinemaId": cinema_id}})

    async def open_showtime(self, showtime: OpenShowtime) -> bool:
        """Make the seats of a showtime known, or its new times; False when seat does not know the auditorium."""
        data = await self._client.call(_OPEN_SHOWTIME, {"input": showtime.to_input()})
        opened: bool = data["openShowtime"]["opened"]
        return opened

    async def close_showtime(self, showtime_id: str) -> None:
        """End the live holds of a cancelled showtime; it never gets new ones."""
        await self._client.call(_CLOSE_SHOWTIME, {"input": {"showtimeId": showtime_id}})

    async def auditorium_facts(self, auditorium_id: str) -> AuditoriumFacts | None:
        """Give what is known of a room, None for an unknown one."""
        data = await self._client.call(_AUDITORIUM_FACTS, {"id": auditorium_id})
        facts = data["auditoriumFacts"]
        if facts is None:
            return None
        return AuditoriumFacts(
            id=facts["id"],
            cinema_id=facts["cinemaId"],
            name=facts["name"],
            capacity=facts["capacity"],
            layout_id=facts["layoutId"],
            layout_version=facts["layoutVersion"],
            categories=frozenset(SeatCategory(name) for name in facts["categories"]),
        )

    async def available(self, showtime_ids: Sequence[str]) -> dict[str, int]:
        """Count the free seats of several showtimes; unknown ones are left out."""
        representations = [{"__typename": "Showtime", "id": showtime_id} for showtime_id in showtime_ids]
        data = await self._client.call(_AVAILABLE, {"of": representations})
        return {one["id"]: one["availability"]["available"] for one in data["_entities"] if one}

    async def bind_hold(self, hold_id: str, *, booking_id: str, owners: Sequence[str]) -> SeatClaim:
        """Make a live hold of one of the owners the booking's."""
        return await self._step("bindHold", {"holdId": hold_id, "bookingId": booking_id, "owners": list(owners)})

    async def pin_hold(self, hold_id: str, *, booking_id: str, fence: int) -> SeatClaim:
        """Stop time for a live hold: a payment starts."""
        return await self._hold_step("pinHold", hold_id, booking_id, fence)

    async def unpin_hold(self, hold_id: str, *, booking_id: str, fence: int) -> SeatClaim:
        """Let time count again: the payment ended without money."""
        return await self._hold_step("unpinHold", hold_id, booking_id, fence)

    async def claim_seats(self, hold_id: str, *, booking_id: str, fence: int) -> SeatClaim:
        """Make the held seats SOLD to the booking."""
        return await self._hold_step("claimSeats", hold_id, booking_id, fence)

    async def swap_seats(self, hold_id: str, *, booking_id: str, fence: int) -> SeatClaim:
        """Make the new hold's seats SOLD and the booking's other SOLD seats free, in one step."""
        return await self._hold_step("swapSeats", hold_id, booking_id, fence)

    async def reclaim_seats(self, booking_id: str, *, showtime_id: str, seat_ids: Sequence[str]) -> SeatClaim:
        """Take all these seats as SOLD if every one is still to be had: a late capture."""
        return await self._step(
            "reclaimSeats", {"bookingId": booking_id, "showtimeId": showtime_id, "seatIds": list(seat_ids)}
        )

    async def release_seats(self, booking_id: str, *, showtime_id: str) -> SeatClaim:
        """Free whatever the booking holds or has bought at the showtime."""
        return await self._step("releaseSeats", {"bookingId": booking_id, "showtimeId": showtime_id})

    async def _hold_step(self, field: str, hold_id: str, booking_id: str, fence: int) -> SeatClaim:
        return await self._step(field, {"holdId": hold_id, "bookingId": booking_id, "fence": str(fence)})

    async def _step(self, field: str, value: dict[str, Any]) -> SeatClaim:
        data = await self._client.call(_CLAIM_STEPS[field], {"input": value})
        claim = data[field]
        return SeatClaim(
            status=ClaimStatus(claim["status"]),
            fence=None if claim["fence"] is None else int(claim["fence"]),
            showtime_id=claim["showtimeId"],
            seats=tuple(
                ClaimedSeat(seat["seatId"], SeatCategory(seat["category"]), seat["label"]) for seat in claim["seats"]
            ),
            expires_at=_parse_moment(claim["expiresAt"]),
            max_expires_at=_parse_moment(claim["maxExpiresAt"]),
        )


def _moment(value: datetime) -> str:
    return value.astimezone(UTC).isoformat()


def _parse_moment(value: str | None) -> datetime | None:
    return None if value is None else datetime.fromisoformat(value).astimezone(UTC)
