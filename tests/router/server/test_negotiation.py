"""Which media type answers which `accept` header."""

from __future__ import annotations

import pytest

from router.server.negotiation import MediaType, negotiate

JSON = MediaType.JSON
RESPONSE = MediaType.GRAPHQL_RESPONSE


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        (None, JSON),
        (b"*/*", JSON),
        (b"application/*", JSON),
        (b"application/json", JSON),
        (b"application/json; charset=utf-8", JSON),
        (b"APPLICATION/JSON", JSON),
        (b"application/graphql-response+json", RESPONSE),
        (b"application/graphql-response+json; charset=utf-8, application/json; charset=utf-8", RESPONSE),
        (b"application/json, application/graphql-response+json", JSON),
        (b"application/json;q=0.5, application/graphql-response+json;q=0.9", RESPONSE),
        (b"application/graphql-response+json;q=0, application/json;q=0.1", JSON),
        (b"text/html, */*;q=0.1", JSON),
        (b"text/event-stream, application/json;q=0.2", JSON),
        (b"text/event-stream", None),
        (b"application/json; charset=latin-1", None),
        (b"image/png", None),
        (b"application/json;q=nonsense", None),
        (b"", None),
        (b",;,", None),
        (b"application/json," * 100, JSON),
    ],
)
def test_the_response_is_of_the_type_that_is_liked_best(accept: bytes | None, expected: MediaType | None) -> None:
    assert negotiate(accept).response is expected


@pytest.mark.parametrize(
    ("accept", "events", "prefers"),
    [
        (b"text/event-stream", True, True),
        (b"text/event-stream, application/json;q=0.9", True, True),
        (b"application/json, text/event-stream", True, False),
        (b"application/json, text/event-stream;q=0.5, multipart/mixed", True, False),
        (b"*/*", False, False),
        (None, False, False),
    ],
)
def test_an_event_stream_has_to_be_named(accept: bytes | None, *, events: bool, prefers: bool) -> None:
    accepted = negotiate(accept)
    assert (accepted.events, accepted.prefers_events) == (events, prefers)


def test_a_browser_asks_for_a_page() -> None:
    assert negotiate(b"text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8").page is True
    assert negotiate(b"application/json, text/html").page is False
    assert negotiate(b"*/*").page is False


@pytest.mark.parametrize(
    ("accept", "explicit"),
    [(b"application/json", True), (b"text/event-stream", True), (b"text/html", False), (b"*/*", False), (None, False)],
)
def test_a_graphql_client_names_what_it_reads(accept: bytes | None, *, explicit: bool) -> None:
    assert negotiate(accept).explicit is explicit


def test_the_content_type_says_utf_8() -> None:
    assert RESPONSE.content_type == b"application/graphql-response+json; charset=utf-8"
