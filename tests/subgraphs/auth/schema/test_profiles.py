"""Changing name and address."""

from __future__ import annotations

from datetime import timedelta

from tests.support.auth_service import LOGIN, PASSWORD, Account, AuthSystem

UPDATE = """mutation($input: UpdateProfileInput!) { answer: updateProfile(input: $input) {
    user { id name email } userErrors { code message field } } }"""
CONFIRM = """mutation($input: ConfirmEmailInput!) { answer: confirmEmail(input: $input) {
    user { id name email } userErrors { code message field } } }"""


async def ask_for(auth: AuthSystem, ada: Account, email: str) -> str:
    payload = await auth.answer(UPDATE, ada.access_token, email=email, password=PASSWORD)
    assert payload["userErrors"] == []
    await auth.delivered()
    return auth.mailbox.token_for(email)


async def test_a_name_changes_at_once(auth: AuthSystem) -> None:
    ada = await auth.register()
    payload = await auth.answer(UPDATE, ada.access_token, name="Ada Lovelace")
    assert payload == {"user": {"id": ada.id, "name": "Ada Lovelace", "email": ada.email}, "userErrors": []}
    assert (await auth.send("{ me { name } }", token=ada.access_token))["data"]["me"] == {"name": "Ada Lovelace"}


async def test_nothing_to_change_changes_nothing(auth: AuthSystem) -> None:
    ada = await auth.register()
    payload = await auth.answer(UPDATE, ada.access_token, email="ADA@example.com", name=None)
    assert payload["user"] == {"id": ada.id, "name": "Ada Byron", "email": ada.email}
    assert await auth.audit(ada.id) == ["user.created"]


async def test_a_new_address_counts_once_confirmed(auth: AuthSystem) -> None:
    ada = await auth.register()
    token = await ask_for(auth, ada, "new@example.com")
    assert (await auth.login(ada.email)).id == ada.id
    payload = await auth.answer(CONFIRM, token=token)
    assert payload["user"] == {"id": ada.id, "name": "Ada Byron", "email": "new@example.com"}
    assert (await auth.login("new@example.com")).id == ada.id
    assert await auth.refused(LOGIN, email=ada.email, password=PASSWORD) == ("INVALID_CREDENTIALS", None)
    assert await auth.refused(CONFIRM, token=token) == ("INVALID_CREDENTIALS", ["token"])
    assert auth.mailbox.subjects_to(ada.email) == ["Your Eventio email address is being changed"]


async def test_a_new_address_wants_the_password(auth: AuthSystem) -> None:
    ada = await auth.register()
    without = await auth.refused(UPDATE, ada.access_token, email="new@example.com")
    wrong = await auth.refused(UPDATE, ada.access_token, email="new@example.com", password="wrong password", name="X")
    assert without == ("INVALID_INPUT", ["password"])
    assert wrong == ("INVALID_CREDENTIALS", ["password"])
    assert (await auth.send("{ me { name } }", token=ada.access_token))["data"]["me"] == {"name": "Ada Byron"}
    assert auth.mailbox.messages == []


async def test_somebody_elses_address_is_refused(auth: AuthSystem) -> None:
    ada = await auth.register()
    await auth.register("bob@example.com")
    refusal = await auth.refused(UPDATE, ada.access_token, email="bob@example.com", password=PASSWORD)
    assert refusal == ("EMAIL_TAKEN", ["email"])


async def test_an_address_that_was_taken_meanwhile_is_refused_on_confirmation(auth: AuthSystem) -> None:
    ada = await auth.register()
    token = await ask_for(auth, ada, "new@example.com")
    await auth.register("new@example.com")
    assert await auth.refused(CONFIRM, token=token) == ("EMAIL_TAKEN", ["email"])
    assert (await auth.login(ada.email)).id == ada.id


async def test_of_two_new_addresses_the_later_one_can_be_confirmed(auth: AuthSystem) -> None:
    ada = await auth.register()
    first = await ask_for(auth, ada, "first@example.com")
    second = await ask_for(auth, ada, "second@example.com")
    assert await auth.refused(CONFIRM, token=first) == ("INVALID_CREDENTIALS", ["token"])
    assert (await auth.answer(CONFIRM, token=second))["user"]["email"] == "second@example.com"


async def test_a_confirmation_expires(auth: AuthSystem) -> None:
    ada = await auth.register()
    token = await ask_for(auth, ada, "new@example.com")
    auth.clock.advance(timedelta(hours=24, seconds=1))
    assert await auth.refused(CONFIRM, token=token) == ("INVALID_CREDENTIALS", ["token"])


async def test_a_reset_token_does_not_confirm_an_address(auth: AuthSystem) -> None:
    ada = await auth.register()
    await auth.service.services.recovery.request_reset(ada.email, address="10.0.0.1")
    await auth.delivered()
    token = auth.mailbox.token_for(ada.email)
    assert await auth.refused(CONFIRM, token=token) == ("INVALID_CREDENTIALS", ["token"])
