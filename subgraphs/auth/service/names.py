"""The names of people."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from subgraphs.common.texts import checked_text

_LONGEST_NAME: Final = 100


def checked_name(value: str, *, field: Sequence[str] = ("name",)) -> str:
    """Give a person's name, checked as every text of one line; raises as `subgraphs.common.texts.checked_text`."""
    return checked_text(value, longest=_LONGEST_NAME, field=field)
