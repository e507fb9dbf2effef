"""Which passwords are good enough (NIST SP 800-63B: length and a list of common ones, no rules of composition)."""

from __future__ import annotations

import string
import unicodedata
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Final

from subgraphs.common.errors import InvalidInput
from subgraphs.common.texts import refuse_broken

_SHORTEST: Final = 10
_LONGEST: Final = 128
_FEWEST_DIFFERENT: Final = 4
_ADORNMENT: Final = 4
_SHORTEST_PERSONAL: Final = 4
_OWN_CHARACTERS: Final = 6
_LIST: Final = Path(__file__).parent.parent / "wordlists" / "common_passwords.txt"


def readable_password(password: str, *, field: Sequence[str]) -> str:
    """Give a password as it is hashed: in Unicode's compatibility form, as keyboards differ in what they send.

    Raises:
        InvalidInput: nobody's password can look so: empty, too long, with control characters.
    """
    if not password or len(password) > _LONGEST:
        raise InvalidInput(f"A password has {_SHORTEST} to {_LONGEST} characters.", field=field)
    refuse_broken(password, field=field)
    return unicodedata.normalize("NFKC", password)


def acceptable_password(password: str, *, field: Sequence[str], personal: Sequence[str]) -> str:
    """Give a new password as it is hashed.

    Args:
        password: as the person typed it.
        field: its path in the input.
        personal: what others know about the person (name, address): the password may not be made of it.

    Raises:
        InvalidInput: it is too short, too long, too common, or made of personal data.
    """
    readable = readable_password(password, field=field)
    if len(readable) < _SHORTEST:
        raise InvalidInput(f"This password is too short: at least {_SHORTEST} characters.", field=field)
    folded = readable.casefold()
    if len(set(folded)) < _FEWEST_DIFFERENT or _is_common(folded):
        raise InvalidInput("This password is too easy to guess: choose another, a few words in a row.", field=field)
    if any(_is_made_of(folded, word) for word in _personal_words(personal)):
        raise InvalidInput("This password is too close to your name or email address: choose another.", field=field)
    return readable


def _is_common(folded: str) -> bool:
    """Tell whether a password is on the list, with up to four digits or signs around it (`Password123!`)."""
    core = folded.strip(string.digits + string.punctuation)
    return folded in _common() or (len(folded) - len(core) <= _ADORNMENT and core in _common())


def _personal_words(personal: Sequence[str]) -> set[str]:
    words = {word for text in personal for word in (text, text.partition("@")[0], text.replace(" ", ""))}
    return {word.casefold() for word in words if len(word) >= _SHORTEST_PERSONAL}


def _is_made_of(folded: str, word: str) -> bool:
    return word in folded and len(folded) - len(word) < _OWN_CHARACTERS


@cache
def _common() -> frozenset[str]:
    return frozenset(_LIST.read_text("utf-8").splitlines())
