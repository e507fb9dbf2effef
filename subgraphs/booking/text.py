"""Texts from outside: checked before they are used, folded for searching."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from subgraphs.common.errors import InvalidInput

_LINE_BREAKS: Final = frozenset("\n\t")
_REFUSED_CATEGORIES: Final = frozenset({"Cc", "Cs"})
# Letters that Unicode does not take apart into a plain letter and a mark.
_PLAIN_LETTERS: Final = str.maketrans(
    {
        "ø": "o",
        "đ": "d",
        "ð": "d",
        "ł": "l",
        "ħ": "h",
        "æ": "ae",
        "œ": "oe",
        "þ": "th",
        "\N{LATIN SMALL LETTER DOTLESS I}": "i",
        "\N{RIGHT SINGLE QUOTATION MARK}": "'",
        "\N{LEFT SINGLE QUOTATION MARK}": "'",
    }
)
_SHORT_ENDING: Final = re.compile(r"(?<=\w)'(?=\w{1,2}\b)")


def checked_text(value: str, *, field: str, longest: int, multiline: bool = False) -> str:
    """Give a text without white space around it.

    Raises:
        InvalidInput: it is empty, longer than `longest` characters, or has control characters or lone surrogates.
    """
    if len(value) > longest:
        raise InvalidInput(f"This text is too long: at most {longest} characters.", field=[field])
    text = value.strip()
    if not text:
        raise InvalidInput("This text must not be empty.", field=[field])
    allowed = _LINE_BREAKS if multiline else frozenset[str]()
    for character in text:
        if unicodedata.category(character) in _REFUSED_CATEGORIES and character not in allowed:
            raise InvalidInput("This text has control characters or broken Unicode: send plain text.", field=[field])
    return unicodedata.normalize("NFC", text)


def optional_text(value: str | None, *, field: str, longest: int, multiline: bool = False) -> str | None:
    """As `checked_text`, where nothing and an empty text mean None."""
    if value is None or not value[: longest + 1].strip():
        return None
    return checked_text(value, field=field, longest=longest, multiline=multiline)


def fold(text: str) -> str:
    """Reduce a text to what a search compares: no case, no accents, letters and digits in words with one space between.

    The apostrophe of a short ending vanishes (`Let's` is `lets`); every other sign separates words (`d'Amélie` is two).
    """
    plain = unicodedata.normalize("NFKD", _SHORT_ENDING.sub("", text.casefold().translate(_PLAIN_LETTERS)))
    letters = (character if character.isalnum() else " " for character in plain if not unicodedata.combining(character))
    return " ".join("".join(letters).split())


def trigrams(folded: str) -> frozenset[str]:
    """Give the trigrams of a folded text's words, each word with two spaces before and one after."""
    return frozenset(
        padded[start : start + 3]
        for padded in (f"  {word} " for word in folded.split())
        for start in range(len(padded) - 2)
    )
