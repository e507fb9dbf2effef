"""The demo's accounts. Their password is known to everyone, so they exist on loopback only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from subgraphs.common.identity import Role

PASSWORD: Final = "popcorn-and-a-movie"  # noqa: S105 - printed at every start


@dataclass(frozen=True)
class Account:
    """A person of the demo."""

    email: str
    name: str
    role: Role


ACCOUNTS: Final = (
    Account("customer@eventio.example", "Casey Customer", Role.CUSTOMER),
    Account("staff@eventio.example", "Sam Staff", Role.STAFF),
    Account("admin@eventio.example", "Alex Admin", Role.ADMIN),
)

# The people who have bought already: enough that a cinema's bookings are not all one person's.
AUDIENCE: Final = tuple(
    Account(f"{name.lower()}@audience.eventio.example", name, Role.CUSTOMER)
    for name in ("Amara", "Ben", "Chiara", "Dmitri", "Elif", "Farid", "Greta", "Hana", "Ines", "Jonas", "Kofi", "Lena")
)
