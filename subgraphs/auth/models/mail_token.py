"""Tokens that are sent by mail, to prove that somebody reads a mailbox."""

from __future__ import annotations

import enum
from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from subgraphs.auth.models.base import Base
from subgraphs.common.database import UtcDateTime


class MailTokenPurpose(enum.Enum):
    """What a token in a mail allows."""

    RESET_PASSWORD = "RESET_PASSWORD"  # noqa: S105 - a purpose, not a password
    CONFIRM_EMAIL = "CONFIRM_EMAIL"


class MailToken(Base):
    """One such token, by the SHA-256 of its text. It is deleted when used.

    Attributes:
        email: the mailbox that it was sent to.
    """

    __tablename__ = "mail_tokens"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id"), index=True)
    purpose: Mapped[str] = mapped_column(String(16))
    email: Mapped[str] = mapped_column(String(254))
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
