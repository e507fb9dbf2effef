"""Live seat maps: one reader of the bus for each showtime and process, any number of subscribers.

The reader listens to the bus first and reads the map then, so nothing falls between. It keeps the map of the last
version that it knows, and the latest deltas in a row without gaps. Messages are hints: what is missing between two of
them is read from the event log, and a look at the version now and then finds what was lost altogether. A subscriber has
no queue, only the version that it has seen: what it gets next is everything since, merged; too far behind, and it is a
snapshot.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from collections.abc import AsyncGenerator, AsyncIterator
from dataclasses import dataclass

import structlog

from subgraphs.common.bus import Bus, SlowConsumer, Subscription
from subgraphs.common.ids import is_id
from subgraphs.seat.models.records import SeatDelta, SeatEvent, ShowtimeRecord
from subgraphs.seat.repository.work import SeatDatabase
from subgraphs.seat.seating.statuses import Change, applied
from subgraphs.seat.service.announcer import SUBJECT_PREFIX, decode

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class FeedReach:
    """How far the feed goes back, and how long it may be wrong.

    Attributes:
        poll_seconds: a lost message delays a map by no more.
        kept_deltas: how many deltas are kept in memory for each showtime that somebody follows.
        log_limit: who is more versions behind gets a snapshot.
    """

    poll_seconds: float
    kept_deltas: int = 512
    log_limit: int = 1_000


@dataclass(frozen=True, slots=True)
class MapSnapshot:
    """The whole map as of a version."""

    showtime_id: str
    version: int
    statuses: str


@dataclass(frozen=True, slots=True)
class MapDelta:
    """What changed from one version to another, each seat once."""

    showtime_id: str
    layout_id: str
    from_version: int
    version: int
    changes: tuple[Change, ...]


MapEvent = MapSnapshot | MapDelta


class SeatMapFeed:
    """Gives subscribers their events."""

    def __init__(self, database: SeatDatabase, bus: Bus, *, reach: FeedReach) -> None:
        self._database = database
        self._bus = bus
        self._reach = reach
        self._channels: dict[str, _Channel] = {}

    async def events(self, showtime_id: str, *, after_version: int | None = None) -> AsyncGenerator[MapEvent, None]:
        """Follow a showtime: a snapshot, or the deltas missed since a version; then what happens. Never ends by itself.

        Yields nothing and ends when the showtime is unknown.
        """
        if not is_id(showtime_id):
            return
        async with self._channel(showtime_id) as channel:
            if channel is None:
                return
            seen = after_version
            while True:
                event = await channel.since(seen)
                if event is None:
                    await channel.news()
                    continue
                seen = event.version
                yield event

    @contextlib.asynccontextmanager
    async def _channel(self, showtime_id: str) -> AsyncIterator[_Channel | None]:
        channel = self._channels.get(showtime_id)
        if channel is None:
            channel = _Channel(showtime_id, self._database, self._bus, reach=self._reach)
            self._channels[showtime_id] = channel
        channel.subscribers += 1
        try:
            yield channel if await channel.started() else None
        finally:
            channel.subscribers -= 1
            if channel.subscribers == 0 and self._channels.get(showtime_id) is channel:
                del self._channels[showtime_id]
                await channel.stop()

    async def close(self) -> None:
        """End all readers; subscribers end when their connections do."""
        channels, self._channels = list(self._channels.values()), {}
        for channel in channels:
            await channel.stop()


class _Channel:
    """One showtime's reader and what it knows."""

    def __init__(self, showtime_id: str, database: SeatDatabase, bus: Bus, *, reach: FeedReach) -> None:
        self.showtime_id = showtime_id
        self.subscribers = 0
        self._database = database
        self._bus = bus
        self._reach = reach
        self._layout_id = ""
        self._version = 0
        self._statuses = ""
        self._deltas: deque[MapDelta] = deque(maxlen=reach.kept_deltas)
        self._merged: dict[int, MapDelta] = {}
        self._news = asyncio.Event()
        self._source: Subscription | None = None
        self._task: asyncio.Task[None] | None = None
        self._starting = asyncio.Lock()

    # ---- for subscribers -------------------------------------------------------------------------------------------

    async def since(self, version: int | None) -> MapEvent | None:
        """Give what a subscriber that has seen a version lacks: merged deltas or a snapshot; None when nothing."""
        if version == self._version:
            return None
        if version is None or not 0 < version < self._version:
            return self._snapshot()
        merged = self._merged.get(version)
        if merged is None:
            changes = self._kept_since(version)
            if changes is None:
                changes = await self._logged_since(version)
            if changes is None:
                return self._snapshot()
            merged = self._merged[version] = _merge(self.showtime_id, self._layout_id, version, changes)
        return merged

    async def news(self) -> None:
        """Wait until something may have changed."""
        await self._news.wait()

    def _snapshot(self) -> MapSnapshot:
        return MapSnapshot(self.showtime_id, self._version, self._statuses)

    def _kept_since(self, version: int) -> list[MapDelta] | None:
        if not self._deltas or self._deltas[0].from_version > version:
            return None
        missed = [delta for delta in self._deltas if delta.version > version]
        # A delta of several versions may begin before the one that was seen: then the log knows better.
        return missed if missed[0].from_version == version else None

    async def _logged_since(self, version: int) -> list[MapDelta] | None:
        until = self._version
        events = await self._log_after(version)
        wanted = [event for event in events if event.version <= until]
        # More versions may have been added meanwhile: the caller's answer has to end where the channel is now.
        if not wanted or wanted[-1].version != until or until != self._version:
            return None
        return [_delta_of(self.showtime_id, self._layout_id, event) for event in wanted]

    # ---- reading ---------------------------------------------------------------------------------------------------

    async def started(self) -> bool:
        """Listen, then read the map; false when there is no such showtime."""
        async with self._starting:
            if self._task is None:
                self._source = await self._listen()
                showtime = await self._read()
                if showtime is None:
                    await self._unlisten()
                    return False
                self._restart_from(showtime)
                self._task = asyncio.create_task(self._run(), name=f"seat-map:{self.showtime_id}")
        return True

    async def stop(self) -> None:
        """End the reader."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        await self._unlisten()

    async def _run(self) -> None:
        while True:
            try:
                if self._source is None:
                    self._source = await self._listen()
                    await self._catch_up()
                await self._follow()
            except SlowConsumer:
                log.warning("seat_map.slow", showtime_id=self.showtime_id)
            except Exception:
                # The bus or the database may be away for a while: live maps outlive that.
                log.exception("seat_map.reader_failed", showtime_id=self.showtime_id)
                await asyncio.sleep(self._reach.poll_seconds)
            await self._unlisten()

    async def _follow(self) -> None:
        """Take messages until the subscription ends; when none comes for a while, look at the version."""
        if self._source is None:
            await asyncio.sleep(self._reach.poll_seconds)
            await self._catch_up()
            return
        messages = aiter(self._source)
        waiting: asyncio.Future[object] | None = None
        try:
            while True:
                if waiting is None:
                    waiting = asyncio.ensure_future(_next_of(messages))
                done, _ = await asyncio.wait([waiting], timeout=self._reach.poll_seconds)
                if not done:
                    await self._catch_up()
                    continue
                payload, waiting = waiting.result(), None
                if not isinstance(payload, bytes):
                    return
                await self._take(payload)
        finally:
            if waiting is not None:
                waiting.cancel()
                await asyncio.gather(waiting, return_exceptions=True)

    async def _take(self, payload: bytes) -> None:
        try:
            delta = decode(payload)
        except ValueError:
            log.warning("seat_map.bad_message", showtime_id=self.showtime_id)
            return
        if delta.to_version <= self._version:
            return
        if delta.from_version == self._version:
            self._append([_of_bus(delta, self._layout_id)])
        else:
            await self._catch_up()

    async def _catch_up(self) -> None:
        """Read from the log what is missing; the whole map when that is too much."""
        async with self._database.read() as work:
            version = await work.showtimes.version_of(self.showtime_id)
        if version is None or version == self._version:
            return
        events = await self._log_after(self._version)
        if len(events) < self._reach.log_limit and events and events[0].version == self._version + 1:
            self._append([_delta_of(self.showtime_id, self._layout_id, event) for event in events])
            return
        showtime = await self._read()
        if showtime is not None:
            self._restart_from(showtime)

    def _append(self, deltas: list[MapDelta]) -> None:
        self._deltas.extend(deltas)
        self._statuses = applied(self._statuses, [change for delta in deltas for change in delta.changes])
        self._version = deltas[-1].version
        self._tell()

    def _restart_from(self, showtime: ShowtimeRecord) -> None:
        self._deltas.clear()
        self._layout_id = showtime.layout_id
        self._statuses = showtime.statuses
        self._version = showtime.version
        self._tell()

    def _tell(self) -> None:
        self._merged.clear()
        told, self._news = self._news, asyncio.Event()
        told.set()

    async def _listen(self) -> Subscription | None:
        try:
            return await self._bus.subscribe(SUBJECT_PREFIX + self.showtime_id)
        except Exception:
            log.exception("seat_map.bus_away", showtime_id=self.showtime_id)
            return None

    async def _unlisten(self) -> None:
        source, self._source = self._source, None
        if source is not None:
            await source.aclose()

    async def _read(self) -> ShowtimeRecord | None:
        async with self._database.read() as work:
            return await work.showtimes.find(self.showtime_id)

    async def _log_after(self, version: int) -> list[SeatEvent]:
        async with self._database.read() as work:
            return await work.showtimes.events_after(self.showtime_id, version, limit=self._reach.log_limit)


async def _next_of(messages: AsyncIterator[object]) -> object:
    message = await anext(messages, None)
    return getattr(message, "payload", None)


def _of_bus(delta: SeatDelta, layout_id: str) -> MapDelta:
    return MapDelta(delta.showtime_id, layout_id, delta.from_version, delta.to_version, delta.changes)


def _delta_of(showtime_id: str, layout_id: str, event: SeatEvent) -> MapDelta:
    return MapDelta(showtime_id, layout_id, event.version - 1, event.version, event.changes)


def _merge(showtime_id: str, layout_id: str, from_version: int, deltas: list[MapDelta]) -> MapDelta:
    changes: dict[int, str] = {}
    for delta in deltas:
        changes.update(delta.changes)
    return MapDelta(showtime_id, layout_id, from_version, deltas[-1].version, tuple(sorted(changes.items())))
