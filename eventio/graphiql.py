"""The router's configuration for this graph: GraphiQL's tabs walk through a purchase."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from router.config import GraphiQLSettings, GraphiQLTab, RouterConfig, load_config

_SEARCH: Final = """\
# What is on? Partial words, accents and small typing errors are forgiven.
query Search {
  movies(filter: { title: "lord of the rings" }, first: 5) {
    totalCount
    nodes {
      id
      title
      releaseDate
      rating
      showtimes(first: 2) {
        nodes {
          id
          startsAt
          cinema { name city timeZone }
          availability { available total }
        }
      }
    }
  }
}
"""
_SEAT_MAP: Final = """\
# The next showtime's room. `statuses` is the same as `seats`, packed: A available, H held, S sold, B blocked.
query SeatMap {
  showtimes(first: 1) {
    nodes {
      id
      startsAt
      movie { title }
      prices { category price { amount currency } }
      auditorium { name capacity }
      seatMap {
        version
        statuses
        seats { status seat { id label category } }
      }
    }
  }
}
"""
_PURCHASE: Final = """\
# Run one after the other. First: a guest session; put its accessToken into the headers below
# as {"authorization": "Bearer …"}. Then hold two seats of a showtime from the first tab, book, pay.
mutation Guest {
  createGuestSession { accessToken accessTokenExpiresAt }
}

mutation Hold($showtimeId: ID!) {
  holdBestSeats(input: { showtimeId: $showtimeId, count: 2, idempotencyKey: "hold-1" }) {
    hold { id expiresAt seats { label } }
    userErrors { code message }
  }
}

mutation Book($holdId: ID!) {
  createBooking(input: { holdId: $holdId, contactEmail: "ann@example.com", idempotencyKey: "book-1" }) {
    booking { id reference status total { amount currency } expiresAt }
    userErrors { code message }
  }
}

mutation Pay($bookingId: ID!) {
  payBooking(input: { bookingId: $bookingId, paymentMethod: "pm_card_visa", idempotencyKey: "pay-1" }) {
    booking { reference status tickets { code seat { label } } }
    userErrors { code message }
  }
}
"""
_LIVE: Final = """\
# Leave this running, and hold a seat in another window: it turns H here.
subscription LiveSeatMap($showtimeId: ID!) {
  seatMapUpdates(showtimeId: $showtimeId) {
    __typename
    ... on SeatMapSnapshot { version statuses }
    ... on SeatMapDelta { fromVersion toVersion changes { seatId status } }
  }
}
"""
TABS: Final = (
    GraphiQLTab(name="Search", query=_SEARCH),
    GraphiQLTab(name="Seat map", query=_SEAT_MAP),
    GraphiQLTab(name="Purchase", query=_PURCHASE, variables={"showtimeId": "", "holdId": "", "bookingId": ""}),
    GraphiQLTab(name="Live seat map", query=_LIVE, variables={"showtimeId": ""}),
)


def router_config(
    path: Path | None = None, *, host: str | None = None, port: int | None = None, supergraph: Path | None = None
) -> RouterConfig:
    """Read the router's settings; GraphiQL gets this project's tabs where the settings name none.

    Raises:
        router.errors.ConfigError: a setting is wrong.
    """
    config = load_config(path, host=host, port=port, supergraph=supergraph)
    if config.graphiql.tabs:
        return config
    tabs = GraphiQLSettings.model_validate(config.graphiql.model_dump() | {"tabs": TABS})
    return config.model_copy(update={"graphiql": tabs})
