"""Addresses as they are stored and compared."""

from __future__ import annotations

import pytest

from subgraphs.auth.service.email_address import EmailAddress
from subgraphs.common.errors import InvalidInput


@pytest.mark.parametrize(
    ("text", "address", "key"),
    [
        ("ada@example.com", "ada@example.com", "ada@example.com"),
        (" Ada.Byron+tickets@Example.COM\n", "Ada.Byron+tickets@example.com", "ada.byron+tickets@example.com"),
        ("stra\u00dfe@m\u00fcnchen.example", "stra\u00dfe@xn--mnchen-3ya.example", "strasse@xn--mnchen-3ya.example"),
        ("\uff21da@example.com", "Ada@example.com", "ada@example.com"),
        ("o'hara@example.com", "o'hara@example.com", "o'hara@example.com"),
        ("ada@example.com.", "ada@example.com", "ada@example.com"),
        ("ada@xn--mnchen-3ya.example", "ada@xn--mnchen-3ya.example", "ada@xn--mnchen-3ya.example"),
    ],
)
def test_an_address_is_read(text: str, address: str, key: str) -> None:
    assert EmailAddress.parse(text) == EmailAddress(address, key)


def test_composed_and_decomposed_letters_are_one_address() -> None:
    assert EmailAddress.parse("andr\u00e9@example.com").key == EmailAddress.parse("andre\u0301@example.com").key


@pytest.mark.parametrize("text", ["ada\ud800@example.com", "ada@\udfff.com", "\ud83d@example.com"])
def test_a_lone_surrogate_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        EmailAddress.parse(text, field=["contact", "email"])
    assert refusal.value.field == ("contact", "email")
