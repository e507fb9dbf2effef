"""Settings of the seat subgraph: `EVENTIO_SEAT_…`."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from subgraphs.common.settings import ServiceSettings


class SeatSettings(ServiceSettings):
    """What the seat subgraph is configured with."""

    model_config: ClassVar[SettingsConfigDict] = SettingsConfigDict(
        env_prefix="EVENTIO_SEAT_", frozen=True, extra="ignore"
    )

    hold_seconds: int = Field(default=480, ge=1, le=86_400, description="A hold's life, where a showtime sets none")
    hold_cap_seconds: int = Field(
        default=1_200, ge=1, le=86_400, description="A hold never lives longer, however often it is extended"
    )
    max_seats_per_hold: int = Field(default=10, ge=1, le=100, description="Seats in one hold")
    max_holds_per_person: int = Field(default=2, ge=1, le=100, description="Live holds of one person at one showtime")
    sweep_seconds: float = Field(default=1.0, gt=0, le=60, description="Pause between two looks for expired holds")
    feed_poll_seconds: float = Field(
        default=2.0, gt=0, le=60, description="How long a lost bus message may delay a live seat map"
    )
    idempotency_hours: int = Field(default=24, ge=1, le=720, description="How long answers are kept under their keys")
    hold_retention_days: int = Field(
        default=30, ge=1, le=3_650, description="How long ended holds that became no booking are kept"
    )
