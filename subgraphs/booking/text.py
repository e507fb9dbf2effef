"""Texts as a search compares them: folded, and cut into trigrams."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

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
