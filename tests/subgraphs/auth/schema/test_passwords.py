"""Changing a password, and resetting a forgotten one by mail."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from tests.support.auth_service import LOGIN, PASSWORD, REFRESH, SIGNED_IN, AuthSystem

NEW = "nine quiet harbours"
CHANGE = """mutation($input: ChangePasswordInput!) {
    answer: changePassword(input: $input) { success userErrors { code message field } } }"""
REQUEST = """mutation($input: RequestPasswordResetInput!) {
    answer: requestPasswordReset(input: $input) { success userErrors { code message field } } }"""
RESET = f"mutation($input: ResetPasswordInput!) {{ answer: resetPassword(input: $input) {{ {SIGNED_IN} }} }}"
DONE = {"success": True, "userErrors": []}
ENDED = ("INVALID_CREDENTIALS", ["refreshToken"])
SPENT = ("INVALID_CREDENTIALS", ["token"])


async def test_a_changed_password_is_the_one_that_counts(auth: AuthSystem) -> None:
    ada = await auth.register()
    assert await auth.answer(CHANGE, ada.access_token, currentPassword=PASSWORD, newPassword=NEW) == DONE
    assert await auth.refused(LOGIN, email=ada.email, password=PASSWORD) == ("INVALID_CREDENTIALS", None)
    assert (await auth.login(password=NEW)).id == ada.id
    assert await auth.audit(ada.id) == ["user.created", "password.changed"]


async def test_a_change_ends_all_other_sessions(auth: AuthSystem) -> None:
    ada, other = await auth.register(), await auth.login()
    await auth.answer(CHANGE, ada.access_token, currentPassword=PASSWORD, newPassword=NEW)
    assert await auth.refused(REFRESH, refreshToken=other.refresh_token) == ENDED
    assert await auth.denied(CHANGE, other.access_token, currentPassword=NEW, newPassword=PASSWORD) == "UNAUTHENTICATED"
    assert (await auth.answer(REFRESH, refreshToken=ada.refresh_token))["userErrors"] == []


async def test_a_change_is_told_by_mail(auth: AuthSystem) -> None:
    ada = await auth.register()
    await auth.answer(CHANGE, ada.access_token, currentPassword=PASSWORD, newPassword=NEW)
    await auth.delivered()
    assert auth.mailbox.subjects_to(ada.email) == ["Your Eventio password was changed"]


async def test_a_change_wants_the_current_password(auth: AuthSystem) -> None:
    ada = await auth.register()
    refusal = await auth.refused(CHANGE, ada.access_token, currentPassword="wrong password", newPassword=NEW)
    assert refusal == ("INVALID_CREDENTIALS", ["currentPassword"])
    assert (await auth.login()).id == ada.id


async def test_a_change_wants_a_good_password(auth: AuthSystem) -> None:
    ada = await auth.register()
    for weak in ("short", "password123", "adabyron12", "aaaaaaaaaaaa"):
        refusal = await auth.refused(CHANGE, ada.access_token, currentPassword=PASSWORD, newPassword=weak)
        assert refusal == ("INVALID_INPUT", ["newPassword"])
    assert (await auth.login()).id == ada.id


async def test_of_changes_at_once_one_succeeds(auth: AuthSystem) -> None:
    ada = await auth.register()
    answers = await asyncio.gather(
        *(
            auth.answer(CHANGE, ada.access_token, currentPassword=PASSWORD, newPassword=f"{NEW} {number}")
            for number in range(4)
        )
    )
    assert sorted(answer["success"] for answer in answers) == [False, False, False, True]


async def test_a_forgotten_password_is_reset_by_mail(auth: AuthSystem) -> None:
    ada = await auth.register()
    assert await auth.answer(REQUEST, email="ADA@example.com") == DONE
    await auth.delivered()
    payload = await auth.answer(RESET, token=auth.mailbox.token_for(ada.email), newPassword=NEW)
    assert payload["userErrors"] == []
    assert payload["user"]["email"] == ada.email
    assert (await auth.answer(REFRESH, refreshToken=payload["refreshToken"]))["userErrors"] == []
    assert await auth.refused(REFRESH, refreshToken=ada.refresh_token) == ENDED
    assert (await auth.login(password=NEW)).id == ada.id


async def test_an_unknown_address_gets_the_same_answer_by_the_same_statements_and_no_mail(auth: AuthSystem) -> None:
    ada = await auth.register()
    with auth.statements() as for_known:
        known = await auth.answer(REQUEST, email=ada.email)
    await auth.delivered()
    auth.mailbox.messages.clear()
    with auth.statements() as for_unknown:
        unknown = await auth.answer(REQUEST, email="bob@example.com")
    await auth.delivered()
    assert unknown == known == DONE
    assert _writes(for_unknown) == _writes(for_known)
    assert auth.mailbox.messages == []


def _writes(statements: list[str]) -> list[str]:
    """Give what the request itself wrote: the relay's own work follows it at any time."""
    return [line.split("(")[0] for line in statements if line.startswith("INSERT INTO ") and "mail_tokens" not in line]


async def test_a_reset_token_works_once(auth: AuthSystem) -> None:
    ada = await auth.register()
    await auth.answer(REQUEST, email=ada.email)
    await auth.delivered()
    token = auth.mailbox.token_for(ada.email)
    answers = await asyncio.gather(
        *(auth.answer(RESET, token=token, newPassword=f"{NEW} {number}") for number in range(4))
    )
    assert sum(answer["accessToken"] is not None for answer in answers) == 1
    assert await auth.refused(RESET, token=token, newPassword=NEW) == SPENT


async def test_a_reset_token_expires(auth: AuthSystem) -> None:
    ada = await auth.register()
    await auth.answer(REQUEST, email=ada.email)
    await auth.delivered()
    auth.clock.advance(timedelta(minutes=60, seconds=1))
    assert await auth.refused(RESET, token=auth.mailbox.token_for(ada.email), newPassword=NEW) == SPENT


async def test_a_refused_new_password_leaves_the_token_usable(auth: AuthSystem) -> None:
    ada = await auth.register()
    await auth.answer(REQUEST, email=ada.email)
    await auth.delivered()
    token = auth.mailbox.token_for(ada.email)
    assert await auth.refused(RESET, token=token, newPassword="short") == ("INVALID_INPUT", ["newPassword"])
    assert (await auth.answer(RESET, token=token, newPassword=NEW))["user"]["id"] == ada.id


async def test_a_changed_password_makes_reset_tokens_void(auth: AuthSystem) -> None:
    ada = await auth.register()
    await auth.answer(REQUEST, email=ada.email)
    await auth.delivered()
    await auth.answer(CHANGE, ada.access_token, currentPassword=PASSWORD, newPassword=NEW)
    assert await auth.refused(RESET, token=auth.mailbox.token_for(ada.email), newPassword=PASSWORD) == SPENT


async def test_a_made_up_token_is_refused(light_auth: AuthSystem) -> None:
    for token in ("", "x", "A" * 43, "A" * 1_000_000, "\u0000", "' OR 1=1 --"):
        assert await light_auth.refused(RESET, token=token, newPassword=NEW) == SPENT, token[:80]


async def test_a_mail_server_that_is_down_delays_the_mail(auth: AuthSystem) -> None:
    ada = await auth.register()
    auth.mailbox.is_down = True
    await auth.answer(REQUEST, email=ada.email)
    await asyncio.sleep(0.1)
    assert auth.mailbox.messages == []
    auth.mailbox.is_down = False
    auth.clock.advance(timedelta(minutes=1))
    await auth.delivered()
    assert auth.mailbox.subjects_to(ada.email) == ["Set a new Eventio password"]
