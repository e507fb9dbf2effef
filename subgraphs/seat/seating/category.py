"""Kinds of places, and the letters that a plan writes them with."""

from __future__ import annotations

import enum
from types import MappingProxyType
from typing import Final


class SeatCategory(enum.Enum):
    """What kind of place a seat is. Prices go by it."""

    STANDARD = "STANDARD"
    PREMIUM = "PREMIUM"
    RECLINER = "RECLINER"
    WHEELCHAIR = "WHEELCHAIR"
    COMPANION = "COMPANION"


CATEGORY_OF_LETTER: Final = MappingProxyType(
    {
        "s": SeatCategory.STANDARD,
        "p": SeatCategory.PREMIUM,
        "r": SeatCategory.RECLINER,
        "w": SeatCategory.WHEELCHAIR,
        "c": SeatCategory.COMPANION,
    }
)
LETTER_OF_CATEGORY: Final = MappingProxyType({category: letter for letter, category in CATEGORY_OF_LETTER.items()})
ACCESSIBLE: Final = frozenset({SeatCategory.WHEELCHAIR, SeatCategory.COMPANION})
"""Given only to those who ask for them."""
