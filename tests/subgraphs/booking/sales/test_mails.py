"""What people are written: once for each occasion, with what a ticket needs, through a real mail server."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import icalendar
import pytest

from subgraphs.booking.service.calendar_entry import CalendarEntry
from subgraphs.common.identity import Principal, Role
from tests.support.mail_server import MailServer, mail_server
from tests.support.sales_system import SalesSystem, person, selling

GUEST = "ada@example.com"


@pytest.fixture
async def server() -> AsyncIterator[MailServer]:
    async with mail_server() as running:
        yield running


@pytest.fixture
async def sales(database_url: str, tmp_path: Path, server: MailServer) -> AsyncIterator[SalesSystem]:
    async with selling(database_url, tmp_path, mail_url=server.url) as system:
        yield system


async def _bought(sales: SalesSystem, *positions: int) -> tuple[dict[str, Any], Principal]:
    guest, showtime = person(role=Role.GUEST), await sales.showtime()
    booking = await sales.done(
        "createBooking", guest, holdId=await sales.held(guest, showtime, *positions), contactEmail=GUEST
    )
    return await sales.done("payBooking", guest, bookingId=booking["id"], paymentMethod="pm_card_visa"), guest


def _part(message: EmailMessage, content_type: str) -> EmailMessage:
    [found] = [part for part in message.walk() if part.get_content_type() == content_type]
    return found


def _event(message: EmailMessage) -> Any:
    calendar = icalendar.Calendar.from_ical(_part(message, "text/calendar").get_content())
    [event] = calendar.walk("VEVENT")
    return event


async def test_a_confirmed_booking_sends_its_tickets_once(sales: SalesSystem, server: MailServer) -> None:
    booking, _ = await _bought(sales, 0, 1)
    assert server.messages == []
    await sales.send_mails()
    await sales.send_mails()

    [mail] = server.messages
    assert (mail["To"], mail["Subject"].startswith("Your tickets: Metropolis, ")) == (GUEST, True)
    text = _part(mail, "text/plain").get_content()
    html = _part(mail, "text/html").get_content()
    for ticket in booking["tickets"]:
        assert ticket["code"] in text
        assert ticket["code"] in html
    assert booking["reference"] in text
    assert "Total 25.00 EUR" in text
    pictures = [part for part in mail.walk() if part.get_content_type() == "image/png"]
    assert [html.count("cid:" + str(picture["Content-ID"]).strip("<>")) for picture in pictures] == [1, 1]
    assert all(picture.get_content().startswith(b"\x89PNG\r\n\x1a\n") for picture in pictures)
    assert _part(mail, "text/calendar").get_param("method") == "PUBLISH"
    assert _event(mail)["STATUS"] == "CONFIRMED"


async def test_the_calendar_entry_keeps_its_hour_when_clocks_change(sales: SalesSystem, server: MailServer) -> None:
    # Berlin's clocks go back on the last Sunday of October: the night has its hour from two to three twice.
    night = datetime(2027, 10, 30, 23, 30, tzinfo=UTC)
    guest = person(role=Role.GUEST)
    showtime = await sales.showtime(starts_in=night - sales.clock.now())
    hold_id = await sales.held(guest, showtime, 0)
    booking = await sales.done("createBooking", guest, holdId=hold_id, contactEmail=GUEST)
    await sales.done("payBooking", guest, bookingId=booking["id"], paymentMethod="pm_card_visa")
    await sales.send_mails()

    [mail] = server.messages
    event = _event(mail)
    assert event["DTSTART"].params["TZID"] == "Europe/Berlin"
    assert event["DTSTART"].dt.astimezone(UTC) == pytest.approx(night, abs=timedelta(seconds=1))
    assert event["DURATION"].dt == timedelta(hours=2)
    assert "01:30 (Europe/Berlin, UTC+02:00)" in _part(mail, "text/plain").get_content()
    [zone] = icalendar.Calendar.from_ical(_part(mail, "text/calendar").get_content()).walk("VTIMEZONE")
    assert zone["TZID"] == "Europe/Berlin"


def test_a_start_in_an_hour_that_comes_twice_is_told_in_utc() -> None:
    second = datetime(2027, 10, 31, 1, 30, tzinfo=UTC)  # 2:30 in Berlin, for the second time that night
    entry = CalendarEntry(
        uid="1",
        sequence=0,
        title="Metropolis",
        place="Lux",
        description="",
        starts_at=second,
        ends_at=second + timedelta(hours=2),
        time_zone="Europe/Berlin",
        is_cancelled=False,
        stamp=second,
    )
    event: Any = icalendar.Calendar.from_ical(entry.to_ical()).walk("VEVENT")[0]
    assert event["DTSTART"].dt == second


async def test_a_cancelled_booking_takes_its_entry_out_of_the_calendar(sales: SalesSystem, server: MailServer) -> None:
    booking, guest = await _bought(sales, 0)
    await sales.send_mails()
    sales.clock.advance(timedelta(seconds=5))
    await sales.done("cancelBooking", guest, bookingId=booking["id"])
    await sales.send_mails()

    confirmed, cancelled = server.messages
    assert cancelled["Subject"].startswith("Cancelled: Metropolis")
    assert "12.50 EUR goes back to the way you paid" in _part(cancelled, "text/plain").get_content()
    assert _part(cancelled, "text/calendar").get_param("method") == "CANCEL"
    assert _event(confirmed)["UID"] == _event(cancelled)["UID"]
    assert _event(confirmed)["SEQUENCE"] < _event(cancelled)["SEQUENCE"]
    assert [part for part in cancelled.walk() if part.get_content_type() == "image/png"] == []


async def test_tickets_of_a_booking_that_was_cancelled_meanwhile_are_not_sent(
    sales: SalesSystem, server: MailServer
) -> None:
    booking, guest = await _bought(sales, 0)
    await sales.done("cancelBooking", guest, bookingId=booking["id"])
    await sales.send_mails()

    [mail] = server.messages
    assert mail["Subject"].startswith("Cancelled")


async def test_a_server_that_is_away_gets_the_mail_later(sales: SalesSystem, server: MailServer) -> None:
    await _bought(sales, 0)
    server.answer = "451 not now"
    await sales.send_mails()
    assert (server.messages, await sales.service.mails.pending()) == ([], 1)

    server.answer = "250 OK"
    sales.clock.advance(timedelta(minutes=2))
    await sales.send_mails()
    assert (len(server.messages), await sales.service.mails.pending()) == (1, 0)


async def test_a_mail_that_was_taken_but_not_noted_comes_again_under_the_same_id(
    sales: SalesSystem, server: MailServer
) -> None:
    await _bought(sales, 0)
    [(payload,)] = await sales.rows("SELECT payload FROM outbox WHERE kind = 'sales.mail'")
    await sales.send_mails()
    await sales.put_mail_back(payload)
    await sales.send_mails()

    first, again = server.messages
    assert first["Message-ID"] == again["Message-ID"]


@pytest.mark.parametrize("where", ["recipient", "message"])
async def test_an_address_that_does_not_exist_is_given_up(sales: SalesSystem, server: MailServer, where: str) -> None:
    if where == "recipient":
        server.recipient_answer = "550 no such mailbox"
    else:
        server.answer = "554 not like this"
    booking, guest = await _bought(sales, 0)
    await sales.send_mails()

    assert (server.messages, await sales.service.mails.pending()) == ([], 0)
    assert (await sales.booking(booking["id"], guest))["status"] == "CONFIRMED"


async def test_a_mail_server_that_hangs_keeps_no_seat(sales: SalesSystem, server: MailServer) -> None:
    booking, guest = await _bought(sales, 0)
    server.hangs = asyncio.Event()
    sending = asyncio.create_task(sales.send_mails())
    await sales.done("cancelBooking", guest, bookingId=booking["id"])
    await sales.settle()

    assert (await sales.statuses(booking["id"][:32]))[0] == "A"
    server.hangs.set()
    await sending


async def test_a_customer_is_written_to_the_address_of_the_account(sales: SalesSystem, server: MailServer) -> None:
    buyer = person()
    sales.emails[buyer.id] = "eve@example.com"
    await sales.sold(buyer, await sales.showtime(), 0)
    await sales.send_mails()

    assert [mail["To"] for mail in server.messages] == ["eve@example.com"]


async def test_nobody_is_written_who_has_left(sales: SalesSystem, server: MailServer) -> None:
    _, guest = await _bought(sales, 0)
    await sales.service.selling.sales.people.forget_person(guest.id)
    await sales.send_mails()

    assert (server.messages, await sales.service.mails.pending()) == ([], 0)
