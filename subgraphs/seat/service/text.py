"""Checks texts that people send."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

from subgraphs.common.errors import InvalidInput

_REFUSED = frozenset({"Cc", "Cs", "Cn", "Co"})


def checked_text(value: str, *, longest: int, field: Sequence[str]) -> str:
    """Give a text in NFC without blanks around it.

    Raises:
        InvalidInput: it is empty, longer than `longest`, or has control characters or lone surrogates.
    """
    if len(value) > longest:
        raise InvalidInput(f"This text has at most {longest} characters.", field=field)
    if any(unicodedata.category(character) in _REFUSED for character in value):
        raise InvalidInput("This text has characters that cannot be shown: send plain text.", field=field)
    text = unicodedata.normalize("NFC", value).strip()
    if not text:
        raise InvalidInput("This text must not be empty.", field=field)
    return text
