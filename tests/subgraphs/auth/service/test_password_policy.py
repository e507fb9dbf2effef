"""Good passwords and bad ones."""

from __future__ import annotations

import pytest

from subgraphs.auth.service.password_policy import acceptable_password, readable_password
from subgraphs.common.errors import InvalidInput

PERSONAL = ["ada.byron@example.com", "Ada Byron"]


def accepted(password: str) -> str:
    return acceptable_password(password, field=["password"], personal=PERSONAL)


@pytest.mark.parametrize(
    "password",
    [
        "seven green lanterns",
        "xkq2vwu7pz",
        "\U0001f60a\U0001f680\U0001f389\U0001f3b5 long enough",
        "x1y2" * 32,
        "my name is ada byron and I like films",
    ],
)
def test_a_good_password_is_accepted(password: str) -> None:
    assert accepted(password) == password


@pytest.mark.parametrize(
    ("password", "why"),
    [
        ("x1y2z3a4b", "too short"),
        ("x" * 129, "10 to 128"),
        ("password123", "easy to guess"),
        ("PASSWORD123", "easy to guess"),
        ("!Password1!", "easy to guess"),
        ("qwertyuiop", "easy to guess"),
        ("1234567890", "easy to guess"),
        ("aaaaaaaaaaaaa", "easy to guess"),
        ("ada.byron@example.com", "too close"),
        ("AdaByron2024", "too close"),
        ("ada.byron99", "too close"),
        ("tab\tin the middle", "control characters"),
        ("lone \ud800 surrogate", "control characters"),
    ],
)
def test_a_bad_password_is_refused_and_told_why(password: str, why: str) -> None:
    with pytest.raises(InvalidInput, match=why) as refusal:
        accepted(password)
    assert refusal.value.field == ("password",)


def test_keyboards_that_send_other_forms_of_a_letter_give_the_same_password() -> None:
    composed, decomposed = "caf\u00e9 au lait", "cafe\u0301 au lait"
    assert readable_password(composed, field=["p"]) == readable_password(decomposed, field=["p"])


def test_at_sign_in_any_length_is_readable_up_to_the_longest() -> None:
    assert readable_password("x", field=["p"]) == "x"
