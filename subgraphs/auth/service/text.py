"""Texts from outside, checked before they are used: length, control characters, broken Unicode."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from typing import Final

from subgraphs.common.errors import InvalidInput

# Control characters, lone surrogates, private use, separators of lines and paragraphs.
_REFUSED_CATEGORIES: Final = frozenset({"Cc", "Cs", "Co", "Zl", "Zp"})
# These reverse how the text around them is shown: a name could pose as another.
_REVERSING: Final = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_LONGEST_NAME: Final = 100


def refuse_broken(value: str, *, field: Sequence[str]) -> None:
    """Check a text's characters.

    Raises:
        InvalidInput: it has control characters or lone surrogates.
    """
    if any(unicodedata.category(sign) in _REFUSED_CATEGORIES or sign in _REVERSING for sign in value):
        raise InvalidInput("This text has control characters or broken Unicode: send plain text.", field=field)


def checked_name(value: str, *, field: Sequence[str] = ("name",)) -> str:
    """Give a person's name in Unicode's composed form, without white space around it.

    Raises:
        InvalidInput: it is empty, longer than 100 characters, or has characters that names do not have.
    """
    if len(value) > _LONGEST_NAME:
        raise InvalidInput(f"This name is too long: at most {_LONGEST_NAME} characters.", field=field)
    name = value.strip()
    refuse_broken(name, field=field)
    name = unicodedata.normalize("NFC", name)
    if not name or len(name) > _LONGEST_NAME:
        raise InvalidInput(f"A name has 1 to {_LONGEST_NAME} characters.", field=field)
    return name
