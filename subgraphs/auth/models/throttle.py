"""Counters that limit how often something is tried."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, String
from sqlalchemy.orm import Mapped, mapped_column

from subgraphs.auth.models.base import Base
from subgraphs.common.database import UtcDateTime


class ThrottleWindow(Base):
    """How often a bucket was used in one window of time.

    Attributes:
        bucket: what is limited for whom, without personal data in clear.
        slot: the window's number: seconds since the epoch, divided by the window's length.
        expires_at: from when on the row does not matter.
    """

    __tablename__ = "throttle_windows"

    bucket: Mapped[str] = mapped_column(String(100), primary_key=True)
    slot: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    hits: Mapped[int]
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
