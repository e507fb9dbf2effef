"""Who may not call, and what no input may hold."""

from __future__ import annotations

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from subgraphs.common.identity import Role
from subgraphs.common.ids import new_id
from subgraphs.common.wiring import tokens_of
from tests.support.auth_service import GUEST, LOGIN, PASSWORD, REFRESH, REGISTER, AuthSystem

MEGABYTE = "a" * 1_000_000
LOGOUT = "mutation { answer: logout { success } }"
CHANGE = """mutation($input: ChangePasswordInput!) {
    answer: changePassword(input: $input) { success userErrors { code message field } } }"""
REQUEST = """mutation($input: RequestPasswordResetInput!) {
    answer: requestPasswordReset(input: $input) { success userErrors { code message field } } }"""
UPDATE = """mutation($input: UpdateProfileInput!) {
    answer: updateProfile(input: $input) { user { id } userErrors { code message field } } }"""
DELETE = """mutation($input: DeleteAccountInput!) {
    answer: deleteAccount(input: $input) { success userErrors { code message field } } }"""
GRANT = """mutation($input: GrantRoleInput!) {
    answer: grantRole(input: $input) { user { id } userErrors { code message field } } }"""

NO_ADDRESSES = (
    "",
    "   ",
    "ada",
    "ada@",
    "@example.com",
    "ada@example",
    "a da@example.com",
    "ada@exa mple.com",
    "ada@@example.com",
    "ada..b@example.com",
    ".ada@example.com",
    "ada@-example.com",
    "ada@example..com",
    "ada\u0000@example.com",
    "ada\r\nBcc: eve@example.com",
    "ada@example.com\u202e",
    "Ada <ada@example.com>",
    "'; DROP TABLE users; --",
    f"{'a' * 65}@example.com",
    f"ada@{'a.' * 130}com",
    MEGABYTE,
)
WANTS_ACCOUNT = {
    "changePassword": (CHANGE, {"currentPassword": "", "newPassword": ""}),
    "updateProfile": (UPDATE, {"name": ""}),
    "deleteAccount": (DELETE, {"password": ""}),
}


@pytest.mark.parametrize("field", WANTS_ACCOUNT)
async def test_what_wants_an_account_is_denied_before_its_input_is_looked_at(
    light_auth: AuthSystem, field: str
) -> None:
    document, values = WANTS_ACCOUNT[field]
    guest = await light_auth.guest()
    assert await light_auth.denied(document, **values) == "UNAUTHENTICATED"
    assert await light_auth.denied(document, "not.a.token", **values) == "UNAUTHENTICATED"
    assert await light_auth.denied(document, guest.access_token, **values) == "FORBIDDEN"


@pytest.mark.parametrize("role", [Role.CUSTOMER, Role.STAFF])
async def test_roles_are_granted_by_admins_alone(light_auth: AuthSystem, role: Role) -> None:
    person, guest = await light_auth.person(role), await light_auth.guest()
    values = {"userId": person.id, "role": "ADMIN"}
    assert await light_auth.denied(GRANT, **values) == "UNAUTHENTICATED"
    assert await light_auth.denied(GRANT, guest.access_token, **values) == "FORBIDDEN"
    assert await light_auth.denied(GRANT, person.access_token, **values) == "FORBIDDEN"
    # A wrong role is told before wrong input.
    assert await light_auth.denied(GRANT, person.access_token, userId=MEGABYTE, role="GUEST") == "FORBIDDEN"
    assert await light_auth.audit(person.id) == ["user.created"]


async def test_a_text_that_is_no_address_is_refused_everywhere(light_auth: AuthSystem) -> None:
    wrong = ("INVALID_INPUT", ["email"])
    for email in NO_ADDRESSES:
        assert await light_auth.refused(REGISTER, email=email, password=PASSWORD, name="Ada") == wrong, email[:80]
        assert await light_auth.refused(LOGIN, email=email, password=PASSWORD) == wrong, email[:80]
        assert await light_auth.refused(REQUEST, email=email) == wrong, email[:80]


async def test_a_text_that_is_no_name_is_refused(light_auth: AuthSystem) -> None:
    ada = await light_auth.register()
    wrong = ("INVALID_INPUT", ["name"])
    for name in ("", "  ", "a\u0000b", "a\nb", "a\u202eb", "\ue000", "x" * 101, MEGABYTE):
        refusal = await light_auth.refused(REGISTER, email="bob@example.com", password=PASSWORD, name=name)
        assert refusal == wrong, name[:80]
        assert await light_auth.refused(UPDATE, ada.access_token, name=name) == wrong, name[:80]


async def test_a_password_that_is_none_is_refused_when_registering(light_auth: AuthSystem) -> None:
    for password in ("", "short", "password123", "a\u0000bcdefghijk", "x" * 129, MEGABYTE):
        with light_auth.statements() as statements:
            refusal = await light_auth.refused(REGISTER, email="bob@example.com", password=password, name="Bob")
        assert refusal == ("INVALID_INPUT", ["password"]), password[:80]
        assert [line for line in statements if "users" in line or "throttle" in line] == []


async def test_an_impossible_password_is_refused_before_it_is_hashed(light_auth: AuthSystem) -> None:
    ada = await light_auth.register()
    token = ada.access_token
    for password in ("", "a\u0000b", "x" * 129, MEGABYTE):
        login = await light_auth.refused(LOGIN, email=ada.email, password=password)
        deletion = await light_auth.refused(DELETE, token, password=password)
        change = await light_auth.refused(CHANGE, token, currentPassword=password, newPassword=PASSWORD)
        assert login == deletion == ("INVALID_INPUT", ["password"])
        assert change == ("INVALID_INPUT", ["currentPassword"])


async def test_sql_in_a_text_is_a_text(auth: AuthSystem) -> None:
    texts = ("Robert'); DROP TABLE users; --", "' OR '1'='1", '"; SELECT 1', "50% _off_ \\")
    for number, text in enumerate(texts):
        email, password = f"bob{number}@example.com", f"{text} long enough"
        payload = await auth.answer(REGISTER, email=email, password=password, name=text)
        assert payload["user"]["name"] == text
        assert (await auth.login(email, password)).id == payload["user"]["id"]
        assert await auth.refused(LOGIN, email=email, password=text) == ("INVALID_CREDENTIALS", None)


async def test_a_made_up_refresh_token_is_refused(light_auth: AuthSystem) -> None:
    for token in ("", "x", "A" * 43, MEGABYTE, "\u0000", "' OR 1=1 --", "\N{SNOWMAN}" * 43):
        refusal = await light_auth.refused(REFRESH, refreshToken=token)
        assert refusal == ("INVALID_CREDENTIALS", ["refreshToken"]), token[:80]


async def test_forged_tokens_sign_nobody_in(auth: AuthSystem) -> None:
    ada = await auth.register()
    claims = jwt.decode(ada.access_token, options={"verify_signature": False})
    header = jwt.get_unverified_header(ada.access_token)
    key = (await auth.service.services.keys.signing_key()).private
    made_by_auth = jwt.encode(claims, key, algorithm="ES256", headers=header)
    assert (await auth.send("{ me { id } }", token=made_by_auth))["data"] == {"me": {"id": ada.id}}
    forged = (
        jwt.encode({**claims, "role": "ADMIN"}, ec.generate_private_key(ec.SECP256R1()), "ES256", headers=header),
        jwt.encode({**claims, "role": "ADMIN"}, "", "none", headers={"kid": header["kid"]}),
        jwt.encode({**claims, "aud": "service:auth"}, key, "ES256", headers=header),
        jwt.encode({**claims, "iss": "elsewhere"}, key, "ES256", headers=header),
        jwt.encode({**claims, "exp": claims["iat"] - 1}, key, "ES256", headers=header),
        tokens_of("seat", auth.settings).issue("auth"),
        ada.refresh_token,
    )
    for token in forged:
        assert await auth.denied("{ me { id } }", token) == "UNAUTHENTICATED"
        assert await auth.denied(GRANT, token, userId=ada.id, role="ADMIN") == "UNAUTHENTICATED"


async def test_a_lone_surrogate_does_not_get_past_the_json(light_auth: AuthSystem) -> None:
    body = b'{"query": "{ me { id } }", "variables": {"name": "\\ud800"}}'
    response = await light_auth.client.post("/graphql", content=body, headers={"content-type": "application/json"})
    assert (response.status_code, response.json()["errors"][0]["extensions"]["code"]) == (400, "BAD_REQUEST")


async def test_a_missing_or_mistyped_input_is_named(light_auth: AuthSystem) -> None:
    assert await light_auth.denied(LOGIN, email="ada@example.com") == "BAD_USER_INPUT"
    assert await light_auth.denied(LOGIN, email="ada@example.com", password=7) == "BAD_USER_INPUT"
    assert await light_auth.denied(REGISTER, email=None, password=PASSWORD, name="Ada") == "BAD_USER_INPUT"
    admin = await light_auth.person(Role.ADMIN)
    denied = await light_auth.denied(GRANT, admin.access_token, userId=new_id(), role="EMPEROR")
    assert denied == "BAD_USER_INPUT"


async def test_a_session_that_ended_changes_nothing_though_its_access_token_still_lives(light_auth: AuthSystem) -> None:
    ada = await light_auth.register()
    await light_auth.answer(LOGOUT, ada.access_token)
    assert await light_auth.denied(UPDATE, ada.access_token, name="Eve") == "UNAUTHENTICATED"
    assert await light_auth.denied(DELETE, ada.access_token, password=PASSWORD) == "UNAUTHENTICATED"
    assert (await light_auth.login()).id == ada.id


async def test_a_fault_is_masked_and_logged(light_auth: AuthSystem, capsys: pytest.CaptureFixture[str]) -> None:
    async with light_auth.service.services.database.engine.begin() as connection:
        await connection.exec_driver_sql("DROP TABLE refresh_tokens")
    result = await light_auth.send(GUEST)
    [error] = result["errors"]
    assert error["extensions"] == {"code": "INTERNAL_SERVER_ERROR"}
    assert "refresh_tokens" not in str(result)
    assert "refresh_tokens" in "".join(capsys.readouterr())
