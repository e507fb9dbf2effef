"""Opaque tokens: random, and stored only as a hash. They are long enough that a plain SHA-256 protects them."""

from __future__ import annotations

import hashlib
import re
import secrets
from typing import Final

_BYTES: Final = 32
_SHAPE: Final = re.compile(r"[A-Za-z0-9_-]{43}", re.ASCII)


def new_token() -> str:
    """Make a token of 256 random bits."""
    return secrets.token_urlsafe(_BYTES)


def hash_of(token: str) -> str | None:
    """Give the hash under which a token is stored; None for a text that is no token of ours."""
    return hashlib.sha256(token.encode()).hexdigest() if _SHAPE.fullmatch(token) else None
