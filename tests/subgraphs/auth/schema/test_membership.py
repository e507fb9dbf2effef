"""Granting roles and deleting accounts."""

from __future__ import annotations

import jwt
from sqlalchemy import select

from subgraphs.auth.models import AuditEntry, MailToken, OutboxMessage, Session, User
from subgraphs.common.identity import Role
from subgraphs.common.ids import new_id
from tests.support.auth_service import LOGIN, PASSWORD, REFRESH, AuthSystem

GRANT = """mutation($input: GrantRoleInput!) { answer: grantRole(input: $input) {
    user { id email role } userErrors { code message field } } }"""
DELETE = """mutation($input: DeleteAccountInput!) { answer: deleteAccount(input: $input) {
    success userErrors { code message field } } }"""
CINEMA = new_id()


async def test_an_admin_makes_staff_of_some_cinemas(auth: AuthSystem) -> None:
    admin, ada = await auth.person(Role.ADMIN), await auth.register()
    payload = await auth.answer(GRANT, admin.access_token, userId=ada.id, role="STAFF", cinemaIds=[CINEMA, CINEMA])
    assert payload == {"user": {"id": ada.id, "email": ada.email, "role": "STAFF"}, "userErrors": []}
    token = (await auth.answer(REFRESH, refreshToken=ada.refresh_token))["accessToken"]
    claims = jwt.decode(token, options={"verify_signature": False})
    assert (claims["role"], claims["cinemas"]) == ("STAFF", [CINEMA])
    assert await auth.audit(ada.id) == ["user.created", "role.granted"]


async def test_a_role_is_taken_back(auth: AuthSystem) -> None:
    admin, staff = await auth.person(Role.ADMIN), await auth.person(Role.STAFF)
    await auth.answer(GRANT, admin.access_token, userId=staff.id, role="CUSTOMER")
    token = (await auth.answer(REFRESH, refreshToken=staff.refresh_token))["accessToken"]
    assert jwt.decode(token, options={"verify_signature": False})["role"] == "CUSTOMER"


async def test_unknown_malformed_and_deleted_accounts_are_not_found(auth: AuthSystem) -> None:
    admin, ada = await auth.person(Role.ADMIN), await auth.register()
    await auth.answer(DELETE, ada.access_token, password=PASSWORD)
    for user_id in (new_id(), "nonsense", "x" * 1_000_000, "' OR 1=1 --", ada.id):
        refusal = await auth.refused(GRANT, admin.access_token, userId=user_id, role="STAFF")
        assert refusal == ("NOT_FOUND", ["userId"])


async def test_wrong_grants_are_refused(auth: AuthSystem) -> None:
    admin, ada, guest = await auth.person(Role.ADMIN), await auth.register(), await auth.guest()
    token = admin.access_token
    assert await auth.refused(GRANT, token, userId=ada.id, role="GUEST") == ("INVALID_INPUT", ["role"])
    assert await auth.refused(GRANT, token, userId=guest.id, role="STAFF") == ("NOT_ALLOWED_NOW", ["userId"])
    for cinemas, role, field in (
        ([CINEMA], "ADMIN", ["cinemaIds"]),
        ([CINEMA] * 51, "STAFF", ["cinemaIds"]),
        ([CINEMA, "nonsense"], "STAFF", ["cinemaIds", "1"]),
    ):
        refusal = await auth.refused(GRANT, token, userId=ada.id, role=role, cinemaIds=cinemas)
        assert refusal == ("INVALID_INPUT", field)
    assert await auth.audit(ada.id) == ["user.created"]


async def test_the_last_admin_stays(auth: AuthSystem) -> None:
    admin = await auth.person(Role.ADMIN)
    demoted = await auth.refused(GRANT, admin.access_token, userId=admin.id, role="CUSTOMER")
    deleted = await auth.refused(DELETE, admin.access_token, password=PASSWORD)
    assert demoted == deleted == ("NOT_ALLOWED_NOW", None)
    second = await auth.person(Role.ADMIN, email="second@eventio.example")
    assert (await auth.answer(DELETE, admin.access_token, password=PASSWORD))["success"] is True
    assert await auth.refused(DELETE, second.access_token, password=PASSWORD) == ("NOT_ALLOWED_NOW", None)


async def test_an_admin_who_is_none_any_more_grants_nothing(auth: AuthSystem) -> None:
    first, second = await auth.person(Role.ADMIN), await auth.person(Role.ADMIN, email="second@eventio.example")
    await auth.answer(GRANT, first.access_token, userId=second.id, role="CUSTOMER")
    assert await auth.denied(GRANT, second.access_token, userId=second.id, role="ADMIN") == "FORBIDDEN"


async def test_a_deleted_account_leaves_an_empty_row(auth: AuthSystem) -> None:
    guest = await auth.guest()
    ada = await auth.register(token=guest.access_token)
    assert await auth.answer(DELETE, ada.access_token, password=PASSWORD) == {"success": True, "userErrors": []}
    async with auth.service.services.database.read() as session:
        user = await session.get_one(User, ada.id)
        sessions = list(await session.scalars(select(Session).where(Session.user_id.in_([ada.id, guest.id]))))
    assert (user.email, user.email_key, user.name, user.password_hash) == (None, None, None, None)
    assert user.deleted_at is not None
    assert sessions == []
    assert await auth.audit(ada.id) == ["user.created", "user.deleted"]


async def test_nothing_of_a_deleted_person_works_any_more(auth: AuthSystem) -> None:
    ada = await auth.register()
    await auth.answer(DELETE, ada.access_token, password=PASSWORD)
    assert await auth.refused(LOGIN, email=ada.email, password=PASSWORD) == ("INVALID_CREDENTIALS", None)
    assert await auth.refused(REFRESH, refreshToken=ada.refresh_token) == ("INVALID_CREDENTIALS", ["refreshToken"])
    assert await auth.denied(DELETE, ada.access_token, password=PASSWORD) == "UNAUTHENTICATED"
    assert (await auth.register("ada@example.com")).id != ada.id


async def test_the_other_services_are_told_to_forget_the_person_and_the_guests(auth: AuthSystem) -> None:
    guest = await auth.guest()
    ada = await auth.register(token=guest.access_token)
    auth.seat.calls.clear()
    auth.booking.calls.clear()
    await auth.answer(DELETE, ada.access_token, password=PASSWORD)
    assert auth.seat.calls == [("forgetPerson", {"userId": guest.id}), ("forgetPerson", {"userId": ada.id})]
    assert auth.booking.calls == [
        ("forgetPersonBookings", {"userId": guest.id}),
        ("forgetPersonBookings", {"userId": ada.id}),
    ]


async def test_no_personal_data_stays_anywhere(auth: AuthSystem) -> None:
    ada = await auth.register("ada@example.com", name="Ada Byron")
    auth.mailbox.is_down = True
    await auth.service.services.recovery.request_reset(ada.email, address="10.0.0.1")
    await auth.send(
        """mutation($email: String, $password: String) {
            updateProfile(input: {email: $email, password: $password}) { userErrors { code } } }""",
        {"email": "new@example.com", "password": PASSWORD},
        token=ada.access_token,
    )
    await auth.answer(DELETE, ada.access_token, password=PASSWORD)
    async with auth.service.services.database.read() as session:
        assert list(await session.scalars(select(MailToken))) == []
        assert list(await session.scalars(select(OutboxMessage))) == []
        details = [repr(entry.details) for entry in await session.scalars(select(AuditEntry))]
    assert [text for text in details if "example.com" in text or "Ada" in text] == []


async def test_deletion_wants_the_password(auth: AuthSystem) -> None:
    ada = await auth.register()
    refusal = await auth.refused(DELETE, ada.access_token, password="wrong password")
    assert refusal == ("INVALID_CREDENTIALS", ["password"])
    assert (await auth.login()).id == ada.id
