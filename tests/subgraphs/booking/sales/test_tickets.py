"""Tickets: codes that cannot be made up, pictures, and the door."""

from __future__ import annotations

import asyncio
import stat
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.exc import IntegrityError

from subgraphs.booking.service.ticket_codes import QrPictures, TicketCodes, load_keys
from subgraphs.common.identity import Principal, Role
from subgraphs.common.ids import new_id, new_scoped_id
from tests.support.sales_system import SalesSystem, person

CHECK_IN = """
mutation ($code: String!) { checkInTicket(input: {code: $code}) {
  ticket { id checkedInAt } userErrors { __typename code message field } } }
"""


async def check_in(sales: SalesSystem, code: str, by: Principal) -> dict[str, Any]:
    payload: dict[str, Any] = (await sales.data(CHECK_IN, {"code": code}, by=by))["checkInTicket"]
    return payload


async def test_a_ticket_lets_in_once_however_many_show_it(sales: SalesSystem) -> None:
    buyer, showtime, staff = person(), await sales.showtime(), person(role=Role.STAFF)
    [ticket] = (await sales.sold(buyer, showtime, 0))["tickets"]

    payloads = await asyncio.gather(*(check_in(sales, ticket["code"], staff) for _ in range(6)))

    let_in = [payload["ticket"] for payload in payloads if payload["ticket"]]
    assert [one["id"] for one in let_in] == [ticket["id"]]
    refusals = [error["code"] for payload in payloads for error in payload["userErrors"]]
    assert refusals == ["NOT_ALLOWED_NOW"] * 5


async def test_a_cancelled_ticket_lets_nobody_in(sales: SalesSystem) -> None:
    buyer, showtime, staff = person(), await sales.showtime(), person(role=Role.ADMIN)
    booking = await sales.sold(buyer, showtime, 0)
    await sales.done("cancelBooking", buyer, bookingId=booking["id"])

    payload = await check_in(sales, booking["tickets"][0]["code"], staff)

    assert payload["ticket"] is None
    assert payload["userErrors"][0]["code"] == "NOT_ALLOWED_NOW"


async def test_only_staff_of_the_cinema_checks_in(sales: SalesSystem) -> None:
    buyer, showtime = person(), await sales.showtime()
    [ticket] = (await sales.sold(buyer, showtime, 0))["tickets"]
    code = {"code": ticket["code"]}

    assert await sales.denied(CHECK_IN, code) == "UNAUTHENTICATED"
    assert await sales.denied(CHECK_IN, code, by=buyer) == "FORBIDDEN"
    assert await sales.denied(CHECK_IN, {"code": "x"}, by=person(role=Role.GUEST)) == "FORBIDDEN"
    assert await sales.denied(CHECK_IN, code, by=person(role=Role.STAFF, cinemas=[new_id()])) == "FORBIDDEN"
    here = person(role=Role.STAFF, cinemas=[sales.cinema_id])
    assert (await check_in(sales, ticket["code"], here))["ticket"]["id"] == ticket["id"]


async def test_codes_that_were_not_signed_here_are_not_found(sales: SalesSystem) -> None:
    staff = person(role=Role.STAFF)
    for code in ["", "x", "A" * 60, "\xe9" * 60, "A" * 100_000, "'; DROP TABLE tickets; --"]:
        payload = await check_in(sales, code, staff)
        assert [error["code"] for error in payload["userErrors"]] == ["NOT_FOUND"]


async def test_a_seat_never_has_two_valid_tickets(sales: SalesSystem) -> None:
    buyer, showtime = person(), await sales.showtime()
    await sales.sold(buyer, showtime, 0)
    columns = "showtime_id, booking_id, position, seat_id, status, issued_at"

    async def doubled() -> None:
        async with sales.service.database.write() as session:
            connection = await session.connection()
            await connection.exec_driver_sql(
                f"INSERT INTO tickets (id, {columns}) SELECT 'another', {columns} FROM tickets"
            )

    with pytest.raises(IntegrityError):
        await doubled()


def codes_in(folder: Path, setting: str = "") -> TicketCodes:
    codes = TicketCodes(setting, folder)
    codes.load()
    return codes


def test_a_code_names_its_ticket_and_no_change_of_it_does(tmp_path: Path) -> None:
    codes, ticket_id = codes_in(tmp_path), new_scoped_id(new_id())
    code = codes.code_of(ticket_id)

    assert len(code) == 60
    assert codes.ticket_of(code) == ticket_id
    changed = (code[:place] + ("A" if code[place] != "A" else "B") + code[place + 1 :] for place in range(60))
    assert {codes.ticket_of(one) for one in changed} == {None}
    assert codes.ticket_of(code + "=") is None


def test_the_key_is_made_once_and_is_for_its_owner_alone(tmp_path: Path) -> None:
    ticket_id = new_scoped_id(new_id())
    code = codes_in(tmp_path / "data").code_of(ticket_id)

    assert codes_in(tmp_path / "data").ticket_of(code) == ticket_id
    assert stat.S_IMODE((tmp_path / "data" / "ticket.key").stat().st_mode) == 0o600
    assert codes_in(tmp_path / "other").ticket_of(code) is None


def test_an_older_key_still_counts_and_the_newest_signs(tmp_path: Path) -> None:
    ticket_id = new_scoped_id(new_id())
    old = codes_in(tmp_path, "first").code_of(ticket_id)
    both = codes_in(tmp_path, "second,first")

    assert both.ticket_of(old) == ticket_id
    assert both.code_of(ticket_id) == codes_in(tmp_path, "second").code_of(ticket_id)


def test_a_broken_key_file_is_told(tmp_path: Path) -> None:
    (tmp_path / "ticket.key").write_text("abcd\n")
    with pytest.raises(ValueError, match="holds no keys"):
        load_keys("", tmp_path)


async def test_pictures_are_drawn_once() -> None:
    pictures = QrPictures()
    first = await pictures.svg_of("A" * 60)
    assert first.startswith("<svg")
    assert await pictures.svg_of("A" * 60) is first
