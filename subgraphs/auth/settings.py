"""Settings of the auth subgraph: environment variables that start with `EVENTIO_AUTH_`."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field, SecretStr
from pydantic_settings import SettingsConfigDict

from subgraphs.common.settings import MailSettings


class AuthSettings(MailSettings):
    """What the auth subgraph is configured with."""

    model_config: ClassVar[SettingsConfigDict] = SettingsConfigDict(
        env_prefix="EVENTIO_AUTH_", frozen=True, extra="ignore"
    )

    access_token_seconds: int = Field(default=600, ge=30, le=3_600, description="Life of an access token")
    refresh_token_days: int = Field(default=30, ge=1, le=365, description="Life of a refresh token between two uses")
    key_secret: SecretStr = Field(
        default=SecretStr(""),
        description="Encrypts the stored signing keys; the same for every auth process; empty: a file in data_dir",
    )
    key_publish_ahead_seconds: int = Field(
        default=450,
        ge=0,
        description="How long a new signing key is published before it signs: others cache the key set",
    )
    key_life_days: int = Field(default=90, ge=1, description="After this time a signing key is rotated by itself")
    argon2_memory_kib: int = Field(default=19_456, ge=8, description="Argon2id memory; OWASP's minimum is 19 MiB")
    argon2_passes: int = Field(default=2, ge=1, description="Argon2id passes")
    argon2_lanes: int = Field(default=1, ge=1, description="Argon2id parallelism")
    hash_threads: int = Field(default=2, ge=1, le=64, description="Threads that hash passwords")
    hash_queue: int = Field(default=64, ge=1, description="Passwords that may wait for a thread; more are turned away")
    login_account_limit: int = Field(default=10, ge=1, description="Failed logins an account may have in a window")
    login_address_limit: int = Field(default=100, ge=1, description="Failed logins an address may have in a window")
    login_window_seconds: int = Field(default=900, ge=1, description="Length of that window")
    signup_address_limit: int = Field(
        default=20, ge=1, description="Guests, and accounts, that an address may make in a window"
    )
    signup_window_seconds: int = Field(default=60, ge=1, description="Length of that window")
    reset_account_limit: int = Field(default=5, ge=1, description="Mails with a token an account may get in a window")
    reset_address_limit: int = Field(default=20, ge=1, description="Such mails an address may ask for in a window")
    reset_window_seconds: int = Field(default=3_600, ge=1, description="Length of that window")
    exempt_loopback: bool = Field(
        default=False, description="Limits per address do not count 127.0.0.0/8 and ::1: for load tests on one machine"
    )
    reset_token_minutes: int = Field(default=60, ge=1, description="Life of a password reset token")
    confirm_token_hours: int = Field(
        default=24, ge=1, description="Life of the token that confirms a new email address"
    )
    reset_page_url: str = Field(
        default="", description="Page of a client that ends a reset, gets #token=…; empty: mails show the token alone"
    )
    confirm_page_url: str = Field(
        default="", description="Page of a client that confirms an address, gets #token=…; empty: as above"
    )
