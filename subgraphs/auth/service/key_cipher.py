"""Encrypts signing keys at rest: AES-256-GCM with a key derived from the configured secret."""

from __future__ import annotations

import base64
import contextlib
import os
import secrets
from pathlib import Path
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from subgraphs.auth.errors import KeySecretChanged

_NONCE_BYTES: Final = 12
_KEY_BYTES: Final = 32
_SECRET_FILE: Final = "auth-key-secret"  # noqa: S105 - a file's name


class KeyCipher:
    """Encrypts and decrypts; a text is bound to the key id that it was made for."""

    def __init__(self, secret: str) -> None:
        derived = HKDF(SHA256(), _KEY_BYTES, salt=None, info=b"eventio auth signing keys").derive(secret.encode())
        self._cipher = AESGCM(derived)

    def encrypt(self, plain: bytes, *, kid: str) -> str:
        """Give the encrypted bytes as text."""
        nonce = secrets.token_bytes(_NONCE_BYTES)
        return base64.b64encode(nonce + self._cipher.encrypt(nonce, plain, kid.encode())).decode()

    def decrypt(self, text: str, *, kid: str) -> bytes:
        """Give the bytes back.

        Raises:
            KeySecretChanged: the text was made with another secret, or was tampered with.
        """
        raw = base64.b64decode(text)
        try:
            return self._cipher.decrypt(raw[:_NONCE_BYTES], raw[_NONCE_BYTES:], kid.encode())
        except InvalidTag as error:
            raise KeySecretChanged(
                "the signing keys in the database were encrypted with another secret: set EVENTIO_AUTH_KEY_SECRET "
                f"(or put back the file {_SECRET_FILE}) as it was when they were made"
            ) from error


def secret_in(folder: Path) -> str:
    """Read this installation's own secret, making it (readable by its owner alone) when there is none yet."""
    path = folder / _SECRET_FILE
    folder.mkdir(parents=True, exist_ok=True)
    with contextlib.suppress(FileExistsError):
        draft = folder / f"{_SECRET_FILE}.{secrets.token_hex(8)}"
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with os.fdopen(descriptor, "w") as file:
                file.write(secrets.token_urlsafe(_KEY_BYTES))
                file.flush()
                os.fsync(file.fileno())
            # Of two processes that start at once one links first, and both read what it wrote, whole.
            path.hardlink_to(draft)
        finally:
            draft.unlink()
    return path.read_text()
