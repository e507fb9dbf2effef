"""Settings of the booking subgraph: environment variables with the prefix `EVENTIO_BOOKING_`."""

from __future__ import annotations

from typing import ClassVar, Self

from pydantic import Field, SecretStr, model_validator
from pydantic_settings import SettingsConfigDict

from subgraphs.common.settings import MailSettings


class BookingSettings(MailSettings):
    """What the booking subgraph is configured with."""

    model_config: ClassVar[SettingsConfigDict] = SettingsConfigDict(
        env_prefix="EVENTIO_BOOKING_", frozen=True, extra="ignore"
    )

    hold_seconds: int = Field(default=480, ge=10, le=3_600, description="How long a hold of a new showtime lasts")
    hold_cap_seconds: int = Field(
        default=1_200, ge=10, le=7_200, description="How long one may last with all its extensions"
    )
    refund_seconds: int = Field(
        default=7_200, ge=0, description="Cancelling refunds in full until this long before the start"
    )
    default_runtime_minutes: int = Field(default=120, ge=1, le=1_000, description="For a film whose runtime is unknown")
    availability_flush_seconds: float = Field(
        default=0.5, gt=0, description="How often figures of free seats that came by events are written"
    )
    availability_refresh_seconds: float = Field(
        default=300.0, gt=0, description="How old a figure of free seats may become before seat is asked"
    )
    idempotency_hours: int = Field(default=24, ge=1, description="How long answers to idempotency keys are kept")
    payment_provider: str = Field(
        default="sandbox", pattern="^(sandbox|stripe)$", description="Who takes new payments: sandbox or stripe"
    )
    payment_return_url: str = Field(
        default="", description="Where a person comes back to after the second step at Stripe; empty: public_url"
    )
    stripe_secret_key: SecretStr = Field(default=SecretStr(""), description="Stripe's secret or restricted key")
    stripe_webhook_secret: SecretStr = Field(
        default=SecretStr(""), description="Signs Stripe's webhooks to /webhooks/stripe (whsec_…)"
    )
    stripe_api_url: str = Field(default="https://api.stripe.com", description="Where Stripe's API is")
    payment_page_url: str = Field(
        default="", description="Where people reach this service's payment pages; empty: public_url"
    )
    payment_action_seconds: int = Field(
        default=600, ge=30, le=3_600, description="How long a person has for the second step of a payment"
    )
    payment_grace_seconds: int = Field(
        default=30, ge=1, le=600, description="How long an unanswered authorization may still be under way"
    )
    sandbox_webhook_secret: SecretStr = Field(
        default=SecretStr(""), description="Signs the sandbox's webhooks; empty: made from service_secret"
    )
    sandbox_late_seconds: float = Field(default=20.0, ge=0, description="How late the sandbox's late answers are")
    ticket_secret: SecretStr = Field(
        default=SecretStr(""),
        description="Signs tickets; after a comma older ones that still count; empty: a file in data_dir",
    )

    @model_validator(mode="after")
    def _stripe_is_complete(self) -> Self:
        missing = [
            name
            for name in ("stripe_secret_key", "stripe_webhook_secret")
            if self.payment_provider == "stripe" and not getattr(self, name).get_secret_value()
        ]
        if missing:
            raise ValueError(f"payment_provider is stripe: set {' and '.join(missing)} too")
        return self
