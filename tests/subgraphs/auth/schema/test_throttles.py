"""How often something may be tried."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.support.auth_service import GUEST, LOGIN, PASSWORD, REGISTER, AuthSystem, running_auth

REQUEST = """mutation($input: RequestPasswordResetInput!) {
    answer: requestPasswordReset(input: $input) { success userErrors { code } } }"""
WRONG = {"email": "ada@example.com", "password": "wrong password"}


def codes(result: dict[str, Any]) -> list[str]:
    if "errors" in result:
        return [error["extensions"]["code"] for error in result["errors"]]
    return [error["code"] for error in result["data"]["answer"]["userErrors"]]


@pytest.fixture
async def strict(database_url: str, tmp_path: Path) -> AsyncIterator[AuthSystem]:
    """The subgraph with limits that are soon reached."""
    limits = {
        "login_account_limit": 3,
        "login_address_limit": 5,
        "signup_address_limit": 3,
        "reset_account_limit": 2,
        "reset_address_limit": 4,
    }
    async with running_auth(database_url, tmp_path / "data", **limits) as system:
        yield system


async def test_an_account_has_so_many_wrong_passwords_from_anywhere(strict: AuthSystem) -> None:
    await strict.register("ada@example.com")
    tried = [codes(await strict.send(LOGIN, {"input": WRONG})) for _ in range(5)]
    assert tried == [["INVALID_CREDENTIALS"]] * 3 + [["RATE_LIMITED"]] * 2
    right = {"email": "ada@example.com", "password": PASSWORD}
    assert codes(await strict.send(LOGIN, {"input": right})) == ["RATE_LIMITED"]
    strict.clock.advance(timedelta(minutes=30))
    assert codes(await strict.send(LOGIN, {"input": right})) == []


async def test_an_account_that_does_not_exist_is_throttled_alike(strict: AuthSystem) -> None:
    tried = [codes(await strict.send(LOGIN, {"input": WRONG})) for _ in range(4)]
    assert tried == [["INVALID_CREDENTIALS"]] * 3 + [["RATE_LIMITED"]]


async def test_an_address_has_so_many_wrong_passwords_for_any_account(strict: AuthSystem) -> None:
    tried = [
        codes(
            await strict.send(
                LOGIN, {"input": {"email": f"u{number}@example.com", "password": "x"}}, address="192.0.2.1"
            )
        )
        for number in range(6)
    ]
    assert tried == [["INVALID_CREDENTIALS"]] * 5 + [["RATE_LIMITED"]]
    assert codes(await strict.send(LOGIN, {"input": WRONG}, address="192.0.2.2")) == ["INVALID_CREDENTIALS"]


async def test_the_addresses_of_one_ipv6_site_are_one(strict: AuthSystem) -> None:
    tried = [
        codes(await strict.send(GUEST, address=address))
        for address in ("2001:db8::1", "2001:db8::2", "2001:db8::3", "2001:db8::4", "2001:db8:0:1::1")
    ]
    assert tried == [[], [], [], ["RATE_LIMITED"], []]


async def test_right_passwords_are_not_counted(strict: AuthSystem) -> None:
    await strict.register("ada@example.com")
    for _ in range(8):
        await strict.login()


async def test_guesses_at_once_do_not_slip_under_the_limit(strict: AuthSystem) -> None:
    await strict.register("ada@example.com")
    tried = await asyncio.gather(*(strict.send(LOGIN, {"input": WRONG}) for _ in range(12)))
    assert sorted(codes(result) for result in tried) == [["INVALID_CREDENTIALS"]] * 3 + [["RATE_LIMITED"]] * 9


async def test_the_window_slides(strict: AuthSystem) -> None:
    # To the middle of a window, so that the next one begins half a window later.
    into = strict.clock.now().timestamp() % 900
    strict.clock.advance(timedelta(seconds=900 - into + 450))
    assert [codes(await strict.send(LOGIN, {"input": WRONG})) for _ in range(3)] == [["INVALID_CREDENTIALS"]] * 3
    strict.clock.advance(timedelta(seconds=460))
    assert codes(await strict.send(LOGIN, {"input": WRONG})) == ["RATE_LIMITED"]
    strict.clock.advance(timedelta(seconds=450))
    assert codes(await strict.send(LOGIN, {"input": WRONG})) == ["INVALID_CREDENTIALS"]


async def test_guests_and_accounts_come_at_a_limited_rate_per_address(strict: AuthSystem) -> None:
    guests = [codes(await strict.send(GUEST, address="192.0.2.1")) for _ in range(4)]
    assert guests == [[], [], [], ["RATE_LIMITED"]]
    accounts = [
        codes(
            await strict.send(
                REGISTER,
                {"input": {"email": f"u{number}@example.com", "password": PASSWORD, "name": "U"}},
                address="192.0.2.1",
            )
        )
        for number in range(4)
    ]
    assert accounts == [[], [], [], ["RATE_LIMITED"]]
    strict.clock.advance(timedelta(minutes=2))
    assert codes(await strict.send(GUEST, address="192.0.2.1")) == []


async def test_mails_go_to_one_mailbox_at_a_limited_rate(strict: AuthSystem) -> None:
    for email in ("ada@example.com", "unknown@example.com"):
        tried = [codes(await strict.send(REQUEST, {"input": {"email": email}})) for _ in range(3)]
        assert tried == [[], [], ["RATE_LIMITED"]]


async def test_mails_are_asked_for_from_one_address_at_a_limited_rate(strict: AuthSystem) -> None:
    tried = [
        codes(await strict.send(REQUEST, {"input": {"email": f"u{number}@example.com"}}, address="192.0.2.1"))
        for number in range(5)
    ]
    assert tried == [[], [], [], [], ["RATE_LIMITED"]]


async def test_loopback_is_exempt_only_when_a_setting_says_so(strict: AuthSystem, tmp_path: Path) -> None:
    for address in ("127.0.0.1", "::1"):
        tried = [codes(await strict.send(GUEST, address=address)) for _ in range(4)]
        assert tried == [[], [], [], ["RATE_LIMITED"]]
    url = f"sqlite+aiosqlite:///{tmp_path / 'exempt.sqlite3'}"
    async with running_auth(url, tmp_path / "exempt", signup_address_limit=1, exempt_loopback=True) as exempt:
        for address in ("127.0.0.1", "127.9.9.9", "::1", "::ffff:127.0.0.1"):
            assert codes(await exempt.send(GUEST, address=address)) == []
        assert [codes(await exempt.send(GUEST, address="192.0.2.1")) for _ in range(2)] == [[], ["RATE_LIMITED"]]


async def test_addresses_that_are_none_share_one_limit(strict: AuthSystem) -> None:
    tried = [codes(await strict.send(GUEST, address=address)) for address in ("x", "y" * 5_000, "1.2.3", "1.2.3.4.5")]
    assert tried == [[], [], [], ["RATE_LIMITED"]]
