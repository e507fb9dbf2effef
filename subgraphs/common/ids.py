"""Identifiers: opaque to clients, UUIDv7 inside, so that they sort by the time of their making.

Holds and bookings carry their showtime (`<showtime>.<own>`): every hot statement finds its shard from the id alone.
"""

from __future__ import annotations

import re

import uuid_utils

_PLAIN = re.compile(r"[0-9a-f]{32}", re.ASCII)
_SCOPED = re.compile(r"[0-9a-f]{32}\.[0-9a-f]{32}", re.ASCII)


def new_id() -> str:
    """Make an identifier: 32 hexadecimal digits of a UUIDv7 (RFC 9562, section 5.7)."""
    return uuid_utils.uuid7().hex


def new_scoped_id(showtime_id: str) -> str:
    """Make an identifier that carries its showtime."""
    return f"{showtime_id}.{new_id()}"


def is_id(value: str) -> bool:
    """Tell whether a client's text has the shape of a plain identifier. Ask before it meets the database."""
    return _PLAIN.fullmatch(value) is not None


def is_scoped_id(value: str) -> bool:
    """Tell whether a client's text has the shape of an identifier with a showtime in it."""
    return _SCOPED.fullmatch(value) is not None


def showtime_of(scoped_id: str) -> str:
    """Read the showtime from a scoped identifier.

    Raises:
        ValueError: the text is not such an identifier.
    """
    if not is_scoped_id(scoped_id):
        raise ValueError("not an identifier with a showtime")
    return scoped_id[:32]
