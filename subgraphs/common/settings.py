"""Settings that every subgraph has: environment variables, one prefix a service (`EVENTIO_SEAT_DATABASE_URL`)."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from subgraphs.common.mail_server import MailServer

DEVELOPMENT_SECRET = "eventio-development-only-not-for-production"  # noqa: S105 - refused off loopback, see `eventio`


class ServiceSettings(BaseSettings):
    """What a subgraph is configured with. Subclasses set their own `env_prefix`."""

    # Some values hold passwords: what is wrong with one is told without it.
    model_config: ClassVar[SettingsConfigDict] = SettingsConfigDict(
        frozen=True, extra="ignore", hide_input_in_errors=True
    )

    database_url: str = Field(
        default="",
        description="SQLAlchemy URL: sqlite+aiosqlite:///… or postgresql+asyncpg://…; empty: a file in data_dir",
    )
    data_dir: Path = Field(default=Path("data"), description="Folder for SQLite files, keys and undelivered mail")
    bus_url: str = Field(default="memory://", description="nats://host:port, or memory:// within one process")
    service_secret: SecretStr = Field(
        default=SecretStr(DEVELOPMENT_SECRET), description="Signs the tokens of calls between services"
    )
    auth_url: str = Field(default="http://127.0.0.1:4001", description="Base address of the auth subgraph (JWKS)")
    booking_url: str = Field(default="http://127.0.0.1:4002", description="Base address of the booking subgraph")
    seat_url: str = Field(default="http://127.0.0.1:4003", description="Base address of the seat subgraph")
    public_url: str = Field(
        default="http://127.0.0.1:4000", description="Where people reach the system (links in mail)"
    )
    pool_size: int = Field(default=10, ge=1, le=200, description="Database connections a process keeps")
    log_format: str = Field(default="console", pattern="^(console|json)$", description="console or json")
    log_level: str = Field(default="info", pattern="^(debug|info|warning|error)$")
    clock_offset_seconds: float = Field(default=0.0, description="Shifts this service's clock: for fault drills only")

    def database_url_for(self, service: str) -> str:
        """Give the database's URL: the one set, or a SQLite file named for the service in `data_dir`."""
        return self.database_url or f"sqlite+aiosqlite:///{(self.data_dir / f'{service}.sqlite3').resolve()}"


class MailSettings(ServiceSettings):
    """Settings of the subgraphs that send mail."""

    mail_url: SecretStr = Field(
        default=SecretStr(""),
        description="smtp://user:password@host:587 (STARTTLS), smtps://…:465, ?starttls=never for a relay of your own; "
        "empty: files in data_dir/mail",
    )
    mail_from: str = Field(default="Eventio <no-reply@eventio.example>", description="Sender of mails")

    @field_validator("mail_url")
    @classmethod
    def _names_a_server(cls, value: SecretStr) -> SecretStr:
        if value.get_secret_value():
            MailServer.parse(value.get_secret_value())
        return value
