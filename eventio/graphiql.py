"""The router's configuration for this graph: GraphiQL's tabs walk through a purchase."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from router.config import GraphiQLSettings, GraphiQLTab, RouterConfig, load_config

_SEARCH: Final = """\
# What is on in Berlin? Add a title to the filter: partial words,
# accents and small typing errors are forgiven.
query Search {
  movies(filter: { city: "Berlin" }, orderBy: NEXT_SHOWTIME, first: 5) {
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
# Run them one after the other (the button asks which).
# 1. A guest session: put its accessToken behind "Bearer " in the headers below.
# 2. Hold two seats of a showtime from the first tab: its id goes into the variables.
# 3. Book the hold, 4. pay the booking. A new purchase takes new idempotency keys.
mutation Purchase {
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
    # GraphiQL sends no header whose value ends with "Bearer ": it is there to be filled in.
    own = {"tabs": TABS, "headers": config.graphiql.headers or {"authorization": "Bearer "}}
    graphiql = GraphiQLSettings.model_validate(config.graphiql.model_dump() | own)
    return config.model_copy(update={"graphiql": graphiql})
