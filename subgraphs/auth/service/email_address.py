"""Email addresses: checked, and folded so that spellings of one mailbox are equal."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import idna

from subgraphs.common.errors import InvalidInput
from subgraphs.common.texts import refuse_broken

_LONGEST: Final = 254
_LONGEST_LOCAL_OCTETS: Final = 64
_LOCAL: Final = re.compile(r'[^\s@"(),:;<>\[\]\\.]+(\.[^\s@"(),:;<>\[\]\\.]+)*')
_WRONG: Final = 'This is not an email address: write it like "ada@example.com".'


@dataclass(frozen=True, slots=True)
class EmailAddress:
    """A mailbox.

    Attributes:
        address: as mail is sent to it; the domain in its ASCII form (RFC 5891), in lower case.
        key: equal for all spellings of one mailbox: case folded, compatibility forms united.
    """

    address: str
    key: str

    @classmethod
    def parse(cls, text: str, *, field: Sequence[str] = ("email",)) -> EmailAddress:
        """Read an address (the dot-atom form of RFC 5321 with the characters of RFC 6531).

        Raises:
            InvalidInput: it is none.
        """
        if len(text) > _LONGEST:
            raise InvalidInput(f"This email address is too long: at most {_LONGEST} characters.", field=field)
        text = text.strip()
        refuse_broken(text, field=field)
        local, separator, domain = unicodedata.normalize("NFKC", text).rpartition("@")
        if not separator or _LOCAL.fullmatch(local) is None or len(local.encode()) > _LONGEST_LOCAL_OCTETS:
            raise InvalidInput(_WRONG, field=field)
        domain = _ascii_domain(domain, field=field)
        key = f"{unicodedata.normalize('NFKC', local.casefold())}@{domain}"
        if len(key) > _LONGEST or len(local) + 1 + len(domain) > _LONGEST:
            raise InvalidInput(f"This email address is too long: at most {_LONGEST} characters.", field=field)
        return cls(f"{local}@{domain}", key)


def _ascii_domain(domain: str, *, field: Sequence[str]) -> str:
    try:
        name = idna.encode(domain, uts46=True).decode()
    except idna.IDNAError as error:
        raise InvalidInput(_WRONG, field=field) from error
    if "." not in name.rstrip("."):
        raise InvalidInput(_WRONG, field=field)
    return name.rstrip(".")
