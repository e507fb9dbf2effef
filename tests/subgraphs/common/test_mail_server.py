"""Addresses of mail servers."""

from __future__ import annotations

import pytest
from pydantic import SecretStr, ValidationError

from subgraphs.booking.settings import BookingSettings
from subgraphs.common.mail_server import MailServer


@pytest.mark.parametrize(
    ("url", "server"),
    [
        ("smtp://mail.example", MailServer("mail.example", 587, tls=False, starttls=True)),
        ("smtps://mail.example", MailServer("mail.example", 465, tls=True, starttls=False)),
        ("smtp://relay:25?starttls=never", MailServer("relay", 25, tls=False, starttls=False)),
        (
            "smtp://ada%40example.com:p%2Fw@mail.example:2525",
            MailServer("mail.example", 2525, tls=False, starttls=True, username="ada@example.com", password="p/w"),
        ),
    ],
)
def test_an_address_says_how_to_reach_it(url: str, server: MailServer) -> None:
    assert MailServer.parse(url) == server


@pytest.mark.parametrize(
    "url",
    [
        "mail.example",
        "http://mail.example",
        "smtp://",
        "smtp://h:port",
        "smtp://h?tls=1",
        "smtp://user@h",
        "smtp://h/x",
    ],
)
def test_what_is_none_is_refused_when_settings_are_read(url: str) -> None:
    with pytest.raises(ValidationError):
        BookingSettings(mail_url=SecretStr(url))


def test_a_password_is_never_told() -> None:
    with pytest.raises(ValidationError) as refused:
        BookingSettings(mail_url=SecretStr("smtp://ada:hunter2@"))
    assert "hunter2" not in str(refused.value)
    assert "hunter2" not in repr(MailServer.parse("smtp://ada:hunter2@h"))
