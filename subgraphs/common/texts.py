"""Texts from outside, checked before they are used: length, control characters, broken Unicode."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from typing import Final

from subgraphs.common.errors import InvalidInput

# Control characters, lone surrogates, private use, what Unicode has not assigned, separators of lines and paragraphs.
_REFUSED_CATEGORIES: Final = frozenset({"Cc", "Cs", "Cn", "Co", "Zl", "Zp"})
# These reverse how the text around them is shown: a name could pose as another.
_REVERSING: Final = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_LINE_BREAKS: Final = frozenset("\n\t")


def refuse_broken(value: str, *, field: Sequence[str], allowed: frozenset[str] = frozenset()) -> None:
    """Check a text's characters.

    Raises:
        InvalidInput: it has control characters, lone surrogates, or others that cannot be shown.
    """
    for character in value:
        broken = unicodedata.category(character) in _REFUSED_CATEGORIES or character in _REVERSING
        if broken and character not in allowed:
            raise InvalidInput("This text has control characters or broken Unicode: send plain text.", field=field)


def checked_text(value: str, *, longest: int, field: Sequence[str], multiline: bool = False) -> str:
    """Give a text in Unicode's composed form (NFC), without white space around it.

    Args:
        value: as the client sent it.
        longest: in characters.
        field: its path in the input, for the error.
        multiline: whether line breaks and tabs may stand in it.

    Raises:
        InvalidInput: it is empty, longer than `longest`, or broken (see `refuse_broken`).
    """
    if len(value) > longest:
        raise InvalidInput(f"This text is too long: at most {longest} characters.", field=field)
    text = value.strip()
    if not text:
        raise InvalidInput("This text must not be empty.", field=field)
    refuse_broken(text, field=field, allowed=_LINE_BREAKS if multiline else frozenset())
    composed = unicodedata.normalize("NFC", text)
    if len(composed) > longest:
        raise InvalidInput(f"This text is too long: at most {longest} characters.", field=field)
    return composed


def optional_text(value: str | None, *, longest: int, field: Sequence[str], multiline: bool = False) -> str | None:
    """As `checked_text`, where nothing and an empty text mean None."""
    if value is None or not value[: longest + 1].strip():
        return None
    return checked_text(value, longest=longest, field=field, multiline=multiline)
