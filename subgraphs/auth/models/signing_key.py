"""The keys that sign access tokens."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from subgraphs.auth.models.base import Base
from subgraphs.common.database import UtcDateTime


class SigningKeyRow(Base):
    """One ES256 key pair.

    Attributes:
        generation: 1 for the first key; unique, so that two processes which rotate at once make one key.
        public_jwk: what the key set publishes.
        private_key: PKCS 8 in DER, encrypted with AES-256-GCM (see `service/key_cipher.py`), in base64.
        signs_from: from then on it signs, until a younger one does.
        published_until: from then on no token signed by it can be valid; None while it is the youngest.
    """

    __tablename__ = "signing_keys"

    kid: Mapped[str] = mapped_column(String(32), primary_key=True)
    generation: Mapped[int] = mapped_column(unique=True)
    public_jwk: Mapped[dict[str, Any]] = mapped_column(JSON)
    private_key: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    signs_from: Mapped[datetime] = mapped_column(UtcDateTime)
    published_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
