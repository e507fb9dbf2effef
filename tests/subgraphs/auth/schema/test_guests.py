"""Guests who become users."""

from __future__ import annotations

from datetime import timedelta

import jwt

from tests.support.auth_service import LOGIN, PASSWORD, REFRESH, REGISTER, Account, AuthSystem


def aliases_in(token: str) -> list[str]:
    aliases: list[str] = jwt.decode(token, options={"verify_signature": False}).get("aka", [])
    return aliases


def adoption(guest: Account, user: Account) -> dict[str, str]:
    return {"guestId": guest.id, "userId": user.id}


async def test_who_registers_as_a_guest_takes_the_guests_things_along(auth: AuthSystem) -> None:
    guest = await auth.guest()
    ada = await auth.register(token=guest.access_token)
    assert ada.id != guest.id
    assert aliases_in(ada.access_token) == [guest.id]
    assert auth.seat.calls == [("adoptGuest", adoption(guest, ada))]
    assert auth.booking.calls == [("adoptGuestBookings", adoption(guest, ada))]
    # The relay may have made the calls, and still have to note that they arrived.
    await auth.delivered()
    assert await auth.audit(guest.id) == ["user.created", "guest.adopted"]


async def test_who_logs_in_as_a_guest_takes_the_guests_things_along(auth: AuthSystem) -> None:
    ada = await auth.register()
    first, second = await auth.guest(), await auth.guest()
    await auth.answer(LOGIN, first.access_token, email=ada.email, password=PASSWORD)
    payload = await auth.answer(LOGIN, second.access_token, email=ada.email, password=PASSWORD)
    assert aliases_in(payload["accessToken"]) == [second.id, first.id]
    assert auth.seat.calls == [("adoptGuest", adoption(first, ada)), ("adoptGuest", adoption(second, ada))]


async def test_the_aliases_stay_in_refreshed_tokens(auth: AuthSystem) -> None:
    guest = await auth.guest()
    ada = await auth.register(token=guest.access_token)
    payload = await auth.answer(REFRESH, refreshToken=ada.refresh_token)
    assert aliases_in(payload["accessToken"]) == [guest.id]


async def test_a_guest_is_taken_over_once(auth: AuthSystem) -> None:
    guest = await auth.guest()
    await auth.register("ada@example.com", token=guest.access_token)
    bob = await auth.register("bob@example.com", token=guest.access_token)
    assert aliases_in(bob.access_token) == []
    assert len(auth.seat.calls) == 1


async def test_the_guests_own_session_ends(auth: AuthSystem) -> None:
    guest = await auth.guest()
    await auth.register(token=guest.access_token)
    assert await auth.refused(REFRESH, refreshToken=guest.refresh_token) == ("INVALID_CREDENTIALS", ["refreshToken"])


async def test_a_refused_registration_leaves_the_guest_alone(auth: AuthSystem) -> None:
    await auth.register("ada@example.com")
    guest = await auth.guest()
    refusal = await auth.refused(REGISTER, guest.access_token, email="ada@example.com", password=PASSWORD, name="A")
    assert refusal == ("EMAIL_TAKEN", ["email"])
    assert auth.seat.calls == []
    assert (await auth.answer(REFRESH, refreshToken=guest.refresh_token))["userErrors"] == []


async def test_a_customers_token_carries_nothing_over(auth: AuthSystem) -> None:
    ada = await auth.register("ada@example.com")
    bob = await auth.register("bob@example.com", token=ada.access_token)
    assert aliases_in(bob.access_token) == []
    assert auth.seat.calls == []


async def test_an_invalid_token_does_not_keep_anybody_from_signing_in(auth: AuthSystem) -> None:
    await auth.register(token="not.a.token")


async def test_neighbours_that_are_down_are_told_later(auth: AuthSystem) -> None:
    auth.seat.is_down = True
    guest = await auth.guest()
    ada = await auth.register(token=guest.access_token)
    assert auth.seat.calls == []
    assert auth.booking.calls == [("adoptGuestBookings", adoption(guest, ada))]
    assert await auth.service.services.outbox.pending() == 1
    auth.seat.is_down = False
    auth.clock.advance(timedelta(minutes=1))
    await auth.delivered()
    assert auth.seat.calls == [("adoptGuest", adoption(guest, ada))]
