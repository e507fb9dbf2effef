"""The mails that booking sends, as messages ready for a mailer: text, HTML, tickets as pictures, a calendar entry."""

from __future__ import annotations

import functools
import io
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTPUTF8
from email.utils import format_datetime
from pathlib import Path
from typing import Any, Final, cast
from zoneinfo import ZoneInfo

import jinja2
import segno

from subgraphs.booking.money import Amount
from subgraphs.booking.repository.records import CinemaRecord, ShowtimeRecord
from subgraphs.booking.repository.sale_records import BookingRecord, LineRecord
from subgraphs.booking.service.calendar_entry import CalendarEntry
from subgraphs.booking.service.occasions import BookingEvent, Occasion

_TEMPLATES: Final = Path(__file__).parent / "templates"
_PICTURE_SCALE: Final = 6


@dataclass(frozen=True, slots=True)
class BookingFacts:
    """What the letter tells.

    Attributes:
        auditorium: the room's name, empty where it is not known.
        tickets: seat label and code of each valid ticket, in the order of the lines.
    """

    booking: BookingRecord
    lines: tuple[LineRecord, ...]
    showtime: ShowtimeRecord
    cinema: CinemaRecord
    movie: str
    auditorium: str
    tickets: tuple[tuple[str, str], ...]


_SUBJECTS: Final = {
    BookingEvent.CONFIRMED: "Your tickets: {movie}, {when}",
    BookingEvent.CHANGED: "Your new seats: {movie}, {when}",
    BookingEvent.CANCELLED: "Cancelled: {movie}, {when}",
    BookingEvent.SHOWTIME_CANCELLED: "The showing was cancelled: {movie}, {when}",
    BookingEvent.PAID_TOO_LATE: "Your payment came too late: {movie}, {when}",
}
_GREETINGS: Final = {
    BookingEvent.CONFIRMED: "Your seats are booked and paid for. Enjoy the film!",
    BookingEvent.CHANGED: "Your seats were changed. The tickets below replace all earlier ones.",
    BookingEvent.CANCELLED: "Your booking was cancelled; its tickets let nobody in any more.",
    BookingEvent.SHOWTIME_CANCELLED: "We are sorry: this showing will not take place.",
    BookingEvent.PAID_TOO_LATE: "Your payment arrived after your seats had gone to somebody else.",
}
_ENDED: Final = frozenset({BookingEvent.CANCELLED, BookingEvent.SHOWTIME_CANCELLED, BookingEvent.PAID_TOO_LATE})


class Letters:
    """Writes mails."""

    def __init__(self, *, sender: str) -> None:
        self._sender = sender
        self._domain = sender.rpartition("@")[2].rstrip("> ") or "eventio"

    def write(self, facts: BookingFacts, occasion: Occasion, *, to: str, now: datetime) -> EmailMessage:
        """Write one. Drawing the tickets takes some 10 ms each: call it in a thread."""
        pictures = {} if occasion.event in _ENDED else _pictures(facts, self._domain)
        letter = _letter(facts, occasion, {label: one[0] for label, one in pictures.items()})
        message = EmailMessage(policy=SMTPUTF8)
        message["From"] = self._sender
        message["To"] = to
        message["Subject"] = letter["subject"]
        message["Date"] = format_datetime(now)
        message["Message-ID"] = f"<{occasion.id}@{self._domain}>"
        message["Auto-Submitted"] = "auto-generated"
        templates = _templates()
        message.set_content(templates.get_template("booking.txt.j2").render(letter=letter))
        message.add_alternative(templates.get_template("booking.html.j2").render(letter=letter), subtype="html")
        page = cast("EmailMessage", message.get_body(("html",)))
        for content_id, picture in pictures.values():
            page.add_related(picture, "image", "png", cid=f"<{content_id}>", disposition="inline")
        self._attach_calendar(message, facts, occasion, now=now)
        return message

    def _attach_calendar(
        self, message: EmailMessage, facts: BookingFacts, occasion: Occasion, *, now: datetime
    ) -> None:
        labels = ", ".join(line.label for line in facts.lines)
        entry = CalendarEntry(
            uid=f"{facts.booking.id}@{self._domain}",
            # Whole seconds since the booking began: a calendar takes the newer of two mails, however late they come.
            sequence=max(0, int((occasion.at - facts.booking.created_at).total_seconds())),
            title=facts.movie,
            place=", ".join(
                filter(None, (facts.cinema.name, facts.auditorium, facts.cinema.address, facts.cinema.city))
            ),
            description=f"Booking {facts.booking.reference}, seats {labels}",
            starts_at=facts.showtime.starts_at,
            ends_at=facts.showtime.ends_at,
            time_zone=facts.cinema.time_zone,
            is_cancelled=occasion.event in _ENDED,
            stamp=now,
        )
        message.add_attachment(
            entry.to_ical(), subtype="calendar", filename="booking.ics", params={"method": entry.method}
        )


def _letter(facts: BookingFacts, occasion: Occasion, content_ids: dict[str, str]) -> dict[str, Any]:
    currency = facts.booking.currency
    when = local_time(facts.showtime.starts_at, facts.cinema.time_zone)
    short = facts.showtime.starts_at.astimezone(ZoneInfo(facts.cinema.time_zone)).strftime("%-d %B, %H:%M")
    return {
        "subject": _SUBJECTS[occasion.event].format(movie=_one_line(facts.movie), when=short),
        "greeting": _GREETINGS[occasion.event],
        "movie": facts.movie,
        "when": when,
        "cinema": f"{facts.cinema.name}, {facts.cinema.city}",
        "auditorium": facts.auditorium,
        "address": facts.cinema.address,
        "reference": facts.booking.reference,
        "seats": [
            {"label": line.label, "category": line.category.value.lower(), "price": _money(line.price_minor, currency)}
            for line in facts.lines
        ],
        "total": _money(facts.booking.total_minor, currency),
        "money": _about_money(facts, occasion),
        "tickets": [
            {"label": label, "code": code, "content_id": content_ids[label]}
            for label, code in facts.tickets
            if label in content_ids
        ],
        "closing": ""
        if occasion.event in _ENDED
        else "Whoever shows one of these codes first is let in: keep them to yourself.",
    }


def _about_money(facts: BookingFacts, occasion: Occasion) -> list[str]:
    if occasion.refunded_minor:
        back = _money(occasion.refunded_minor, facts.booking.currency)
        return [f"{back} goes back to the way you paid; that may take some days."]
    if occasion.event is BookingEvent.CANCELLED and facts.booking.kept_minor:
        return ["It was cancelled after the time until which money is paid back: nothing is refunded."]
    return []


def local_time(moment: datetime, time_zone: str) -> str:
    """Tell a moment as people at the cinema do, with the zone and its offset on that day."""
    local = moment.astimezone(ZoneInfo(time_zone))
    offset = local.strftime("%z")
    return f"{local:%A} {local.day} {local:%B %Y, %H:%M} ({time_zone.replace('_', ' ')}, UTC{offset[:3]}:{offset[3:]})"


def _pictures(facts: BookingFacts, domain: str) -> dict[str, tuple[str, bytes]]:
    """Draw the tickets: by seat label, the content id and the PNG."""
    drawn = {}
    for number, (label, code) in enumerate(facts.tickets):
        out = io.BytesIO()
        segno.make(code, error="m", micro=False).save(out, kind="png", scale=_PICTURE_SCALE, border=4)
        drawn[label] = (f"ticket-{number}.{facts.booking.id}@{domain}", out.getvalue())
    return drawn


def _money(minor: int, currency: str) -> str:
    return f"{Amount(minor, currency).decimal} {currency}"


def _one_line(value: str) -> str:
    # A header is one line: a film's title may come from an imported file.
    return " ".join(value.split())


@functools.cache
def _templates() -> jinja2.Environment:
    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(_TEMPLATES),
        autoescape=jinja2.select_autoescape(enabled_extensions=("html.j2",), default=False),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
