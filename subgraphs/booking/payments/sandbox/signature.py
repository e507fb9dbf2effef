"""How the sandbox signs its webhooks: `t=<seconds>,v1=<HMAC-SHA256 of "<seconds>.<body>">`, as Stripe does."""

from __future__ import annotations

import hashlib
import hmac
from typing import Final

SIGNATURE_HEADER: Final = "sandbox-signature"
_TOLERANCE_SECONDS: Final = 300


def sign(body: bytes, *, secret: str, at: int) -> str:
    """Give the value of the signature header for a body sent at a moment (seconds since 1970)."""
    return f"t={at},v1={_digest(body, secret, at)}"


def is_signed(header: str, body: bytes, *, secret: str, now: int) -> bool:
    """Tell whether a header is the sandbox's for this body, and not older than five minutes."""
    parts = dict(part.partition("=")[::2] for part in header.split(","))
    sent_at, signature = parts.get("t", ""), parts.get("v1", "")
    if not (sent_at.isascii() and sent_at.isdigit() and signature.isascii()):
        return False
    if abs(now - int(sent_at[:12])) > _TOLERANCE_SECONDS:
        return False
    return hmac.compare_digest(signature, _digest(body, secret, int(sent_at[:12])))


def _digest(body: bytes, secret: str, at: int) -> str:
    return hmac.new(secret.encode(), b"%d." % at + body, hashlib.sha256).hexdigest()
