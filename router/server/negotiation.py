"""Which media type answers (GraphQL over HTTP, sections 4 and 6; RFC 9110, section 12.5.1)."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from functools import lru_cache

from router.execution.incremental_formats import IncrementalFormat


class MediaType(enum.Enum):
    """What the router can answer with."""

    JSON = "application/json"
    GRAPHQL_RESPONSE = "application/graphql-response+json"
    EVENT_STREAM = "text/event-stream"
    HTML = "text/html"

    @property
    def content_type(self) -> bytes:
        """Give the value of the `content-type` header."""
        return _CONTENT_TYPES[self]


_CONTENT_TYPES = {media_type: f"{media_type.value}; charset=utf-8".encode() for media_type in MediaType}
_BY_NAME = {media_type.value: media_type for media_type in MediaType}
# A client that takes anything, or says nothing, may know nothing of the newer media type.
_WILDCARDS = {"*/*": MediaType.JSON, "application/*": MediaType.JSON, "text/*": MediaType.EVENT_STREAM}
_WHOLE = frozenset({MediaType.JSON.value, MediaType.GRAPHQL_RESPONSE.value, "*/*", "application/*"})
_EVENTS = MediaType.EVENT_STREAM.value
_MULTIPART = "multipart/mixed"
_LONGEST_CACHED = 256


@dataclass(frozen=True, slots=True)
class Accepted:
    """What an `accept` header amounts to.

    Attributes:
        response: for a whole response: `JSON`, `GRAPHQL_RESPONSE`, or None where the client takes neither.
        events: whether the client takes an event stream, and names it.
        prefers_events: whether it would rather have that than a whole response.
        parts: in which format the client takes a response in parts; None where it does not, or prefers a whole one.
        event_format: the format of incremental responses in an event stream.
        page: whether a person's browser asks: HTML is named before anything else.
        explicit: whether a GraphQL media type is named, not just covered by a wildcard.
    """

    response: MediaType | None
    events: bool
    prefers_events: bool
    page: bool
    explicit: bool
    parts: IncrementalFormat | None = None
    event_format: IncrementalFormat = IncrementalFormat.DEFER_2022


def negotiate(accept: bytes | None) -> Accepted:
    """Read an `accept` header; None where there is none, which accepts everything."""
    if accept is None:
        return _ANYTHING
    # What clients send comes from a handful of libraries; a hostile variety must neither fill memory nor win time.
    return _cached(accept) if len(accept) <= _LONGEST_CACHED else _parse(accept)


def _parse(accept: bytes) -> Accepted:
    ranges = sorted(
        (each for index, part in enumerate(accept.decode("latin-1").split(",")) if (each := _range(part, index))),
        key=lambda each: (-each.quality, each.index),
    )
    offered = [(_BY_NAME.get(each.name) or _WILDCARDS.get(each.name), each.name in _BY_NAME) for each in ranges]
    named = [media_type for media_type, is_named in offered if is_named]
    whole = [media_type for media_type, _ in offered if media_type in {MediaType.JSON, MediaType.GRAPHQL_RESPONSE}]
    streams = [media_type for media_type, _ in offered if media_type is not None and media_type is not MediaType.HTML]
    events = MediaType.EVENT_STREAM in named
    return Accepted(
        response=whole[0] if whole else None,
        events=events,
        prefers_events=events and streams[0] is MediaType.EVENT_STREAM,
        page=bool(named) and named[0] is MediaType.HTML,
        explicit=any(media_type is not MediaType.HTML for media_type in named) or any(map(_parts_of, ranges)),
        parts=_parts(ranges),
        event_format=next(
            (each.incremental or IncrementalFormat.DEFER_2022 for each in ranges if each.name == _EVENTS),
            IncrementalFormat.DEFER_2022,
        ),
    )


def _parts(ranges: list[_Range]) -> IncrementalFormat | None:
    """Give the format that a client would have a response in parts in, unless it would rather have a whole one.

    Who does not name a format gets that of 2022: clients of the newer one name it, those from before cannot.
    """
    found = next((each for each in ranges if _parts_of(each)), None)
    whole = (each for each in ranges if each.name in _WHOLE)
    best = max((each.quality for each in whole), default=0.0)
    return None if found is None or found.quality < best else _parts_of(found)


def _parts_of(each: _Range) -> IncrementalFormat | None:
    return each.incremental if each.name == _MULTIPART else None


@dataclass(frozen=True, slots=True)
class _Range:
    """One media range with its weight and its place in the header."""

    name: str
    quality: float
    index: int
    incremental: IncrementalFormat | None


def _range(part: str, index: int) -> _Range | None:
    """Read one media range; None where it is empty, not wanted (`q=0`), or wants another charset than UTF-8."""
    name, *parameters = (piece.strip().lower() for piece in part.split(";"))
    quality = 1.0
    for parameter in parameters:
        key, _, value = parameter.partition("=")
        if key == "q":
            try:
                quality = float(value)
            except ValueError:
                quality = 0.0
        elif key == "charset" and value.strip('"') not in {"utf-8", "utf8"}:
            return None
    return _Range(name, quality, index, _format(parameters)) if name and 0 < quality <= 1 else None


def _format(parameters: list[str]) -> IncrementalFormat | None:
    """Read which format of incremental responses is meant; None for one that is not known here."""
    named = {key.strip(): value.strip(' "') for key, _, value in (item.partition("=") for item in parameters)}
    given = [(key, value) for key, value in named.items() if key.endswith("spec")]
    if not given:
        return IncrementalFormat.DEFER_2022
    return next((each for each in IncrementalFormat if given == [each.value]), None)


_cached = lru_cache(maxsize=256)(_parse)
_ANYTHING = _parse(b"*/*")
