"""The code of a ticket: its id with a signature, short enough for a QR picture, and the picture.

60 characters of URL-safe base64: a byte that names the key, 16 of the showtime, 16 of the ticket, 12 of an HMAC-SHA256.
"""

from __future__ import annotations

import asyncio
import base64
import binascii
import hashlib
import hmac
import io
import os
import secrets
from collections import OrderedDict
from pathlib import Path
from typing import Final

import segno

_KEY_BYTES: Final = 32
_MAC_BYTES: Final = 12
_CODE_BYTES: Final = 1 + 16 + 16 + _MAC_BYTES
_CODE_LENGTH: Final = 60
_CACHED_PICTURES: Final = 512


class TicketCodes:
    """Signs and reads codes. The first key signs, all of them are accepted.

    Args:
        setting: see `load_keys`.
        data_dir: likewise.
    """

    def __init__(self, setting: str, data_dir: Path) -> None:
        self._setting = setting
        self._data_dir = data_dir
        self._keys: dict[bytes, bytes] = {}

    def load(self) -> None:
        """Read the keys, before the first code; raises as `load_keys`."""
        self._keys = {_name_of(key): key for key in load_keys(self._setting, self._data_dir)}

    def code_of(self, ticket_id: str) -> str:
        """Give the code of a ticket."""
        showtime, own = ticket_id.split(".")
        name, key = next(iter(self._keys.items()))
        content = name + bytes.fromhex(showtime) + bytes.fromhex(own)
        return base64.urlsafe_b64encode(content + _mac(key, content)).decode()

    def ticket_of(self, code: str) -> str | None:
        """Give the ticket's id that a code names; None for one that was not signed here."""
        if len(code) != _CODE_LENGTH or not code.isascii():
            return None
        try:
            raw = base64.b64decode(code, altchars=b"-_", validate=True)
        except binascii.Error:
            return None
        content, mac = raw[:-_MAC_BYTES], raw[-_MAC_BYTES:]
        key = self._keys.get(raw[:1])
        if len(raw) != _CODE_BYTES or key is None or not hmac.compare_digest(mac, _mac(key, content)):
            return None
        return f"{content[1:17].hex()}.{content[17:].hex()}"


class QrPictures:
    """Draws QR pictures when they are read, and remembers the last 512."""

    def __init__(self) -> None:
        self._drawn: OrderedDict[str, str] = OrderedDict()

    async def svg_of(self, code: str) -> str:
        """Give the picture of a code as an SVG document."""
        known = self._drawn.get(code)
        if known is not None:
            self._drawn.move_to_end(code)
            return known
        # Drawing takes some 10 ms: other requests go on meanwhile.
        picture = await asyncio.to_thread(_draw, code)
        self._drawn[code] = picture
        if len(self._drawn) > _CACHED_PICTURES:
            self._drawn.popitem(last=False)
        return picture


def load_keys(setting: str, data_dir: Path) -> list[bytes]:
    """Give the keys that sign tickets, from the setting, else from a file that is made when it is missing.

    Args:
        setting: secrets, separated by commas, the signing one first; may be empty.
        data_dir: where the file `ticket.key` is, one key a line in hexadecimal digits.

    Raises:
        ValueError: the file does not hold keys.
        OSError: it cannot be read or made.
    """
    named = [part.strip() for part in setting.split(",") if part.strip()]
    if named:
        return [hashlib.sha256(b"eventio ticket " + part.encode()).digest() for part in named]
    path = data_dir / "ticket.key"
    data_dir.mkdir(parents=True, exist_ok=True)
    try:
        descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    except FileExistsError:
        keys = [bytes.fromhex(line) for line in path.read_text("ascii").split()]
        if not keys or any(len(key) != _KEY_BYTES for key in keys):
            raise ValueError(f"{path} holds no keys: restore it from a backup") from None
        return keys
    key = secrets.token_bytes(_KEY_BYTES)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(key.hex() + "\n")
    return [key]


def _name_of(key: bytes) -> bytes:
    return hashlib.sha256(b"name " + key).digest()[:1]


def _mac(key: bytes, content: bytes) -> bytes:
    return hmac.new(key, content, hashlib.sha256).digest()[:_MAC_BYTES]


def _draw(code: str) -> str:
    out = io.BytesIO()
    segno.make(code, error="m", micro=False).save(out, kind="svg", scale=4, border=4, xmldecl=False, nl=False)
    return out.getvalue().decode()
