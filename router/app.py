"""The composition root: puts supergraph, planner, transport, engine and server together, and runs them."""

from __future__ import annotations

import contextlib
import logging
import os
import sys
from pathlib import Path
from typing import Any

import orjson
import structlog

from router.config import LogSettings, RouterConfig, load_config, misspelt_variables
from router.errors import ConfigError, SupergraphError
from router.execution.engine import Engine
from router.execution.request import EngineSettings
from router.planning import Planner, PlanningBounds, SelectionLimits
from router.server.app import GRAPHIQL_PATH, GRAPHQL_PATH, RouterApp, create_app
from router.server.callers import Identify
from router.server.current_engine import CurrentEngine
from router.server.listening import address_of, listen
from router.server.reloading import Reloader
from router.server.uvicorn_server import create_server
from router.supergraph import Supergraph, load_supergraph
from router.transport import HttpLimits, HttpTransport, SubgraphEndpoint, Transport

_log = structlog.get_logger(__name__)


def build_router(
    config: RouterConfig,
    supergraph_sdl: str,
    transport: Transport | None = None,
    *,
    identify: Identify | None = None,
) -> RouterApp:
    """Put a router together.

    Args:
        config: the settings; host, port, supergraph path and logging are not looked at here.
        supergraph_sdl: the composed schema.
        transport: the way to the subgraphs; None for HTTP to the addresses in the supergraph, where the settings name
            no others. The application closes it when its lifespan ends.
        identify: tells who sends a request, for `@authenticated`, `@requiresScopes` and `@policy`; None takes everybody
            for anonymous.

    Raises:
        SupergraphError: the supergraph cannot be served.
        ConfigError: the settings name a subgraph that the supergraph does not have, or one has no address.
    """
    supergraph = load_supergraph(supergraph_sdl)
    if identify is None:
        _warn_of_rights(supergraph)
    if transport is None:
        transport = HttpTransport(_endpoints(config, supergraph), limits=_http_limits(config))
    return create_app(_engine(config, supergraph, transport), config, close=transport.aclose, identify=identify)


def serve(
    supergraph_path: Path | None = None,
    *,
    host: str | None = None,
    port: int | None = None,
    config_path: Path | None = None,
) -> None:
    """Serve until SIGINT or SIGTERM; SIGHUP takes up the supergraph's file anew.

    Args:
        supergraph_path: the file with the supergraph SDL; None for the one that the settings name.
        host: where to listen; None for the settings' own.
        port: as `host`; 0 takes any free one.
        config_path: the settings' file.

    Raises:
        ConfigError: a setting or a file is wrong, or the port is taken; one line that says what to do.
        SupergraphError: the supergraph cannot be served.
    """
    config = load_config(config_path, host=host, port=port, supergraph=supergraph_path)
    configure_logging(config.log)
    app, reloader = _reloadable(config)
    listening = listen(config.host, config.port)
    _announce(config, address_of(listening))
    server = create_server(app, config, reload=reloader.reload)
    with contextlib.suppress(KeyboardInterrupt):
        server.run(sockets=[listening])


def _announce(config: RouterConfig, address: str) -> None:
    for name, meant in misspelt_variables(os.environ):
        _log.warning("unknown_setting", variable=name, perhaps=meant)
    pages = {"graphiql": address + GRAPHIQL_PATH} if config.graphiql.enabled else {}
    _log.info("serving", address=address, graphql=address + GRAPHQL_PATH, **pages, supergraph=str(config.supergraph))


def _reloadable(config: RouterConfig) -> tuple[RouterApp, Reloader]:
    """Put a router together whose supergraph can be changed while it serves."""
    transport = HttpTransport({}, limits=_http_limits(config))

    def build() -> Engine:
        sdl = read_supergraph(config.supergraph)
        try:
            supergraph = load_supergraph(sdl)
        except SupergraphError as error:
            raise error.in_file(f"supergraph {config.supergraph}") from error
        _warn_of_rights(supergraph)
        engine = _engine(config, supergraph, transport)
        transport.reach(_endpoints(config, supergraph))
        return engine

    engine = build()
    current = CurrentEngine(engine)
    return create_app(current, config, close=transport.aclose), Reloader(current, engine=engine, build=build)


def _warn_of_rights(supergraph: Supergraph) -> None:
    """Say that protected fields are closed to everybody, which nobody means who put rights into a graph."""
    if supergraph.guarded:
        _log.warning("everybody_is_anonymous", hint="the supergraph has rights; build_router(identify=…) tells callers")


def _engine(config: RouterConfig, supergraph: Supergraph, transport: Transport) -> Engine:
    planner = _planner(config, supergraph)
    return Engine(supergraph, planner=planner, transport=transport, settings=_engine_settings(config))


def read_supergraph(path: Path | None) -> str:
    """Read the supergraph SDL.

    Raises:
        ConfigError: no file is named, or it cannot be read.
    """
    if path is None:
        raise ConfigError("no supergraph is given: use --supergraph FILE, or set supergraph in the configuration")
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not encoded in UTF-8"
        raise ConfigError(f"supergraph {path}: cannot be read: {reason}") from error


def configure_logging(settings: LogSettings) -> None:
    """Set up structlog for this process, other libraries' lines included: one event a line, to standard error."""
    level = logging.getLevelNamesMapping()[settings.level.upper()]
    as_text = sys.stderr.isatty() if settings.format == "auto" else settings.format == "text"
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    for_text: list[Any] = [structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())]
    # An access line stands in every request's way, so it is written by the quickest encoder there is.
    for_machines: list[Any] = [
        structlog.processors.dict_tracebacks,
        structlog.processors.JSONRenderer(serializer=orjson.dumps),
    ]
    structlog.configure(
        processors=[*shared, *(for_text if as_text else for_machines)],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.WriteLoggerFactory(sys.stderr)
        if as_text
        else structlog.BytesLoggerFactory(sys.stderr.buffer),
        cache_logger_on_first_use=True,
    )
    _configure_library_logging(level, shared, for_text if as_text else for_machines[:-1])


def _configure_library_logging(level: int, shared: list[Any], final: list[Any]) -> None:
    """Let what libraries log by the standard module look the same; below a warning they keep quiet."""
    rendered = (
        final
        if isinstance(final[-1], structlog.dev.ConsoleRenderer)
        else [
            *final,
            structlog.processors.JSONRenderer(),
        ]
    )
    formatter = structlog.stdlib.ProcessorFormatter(
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *rendered], foreign_pre_chain=shared
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(formatter)
    logging.basicConfig(level=max(level, logging.WARNING), handlers=[handler], force=True)


def _endpoints(config: RouterConfig, supergraph: Supergraph) -> dict[str, SubgraphEndpoint]:
    unknown = sorted(set(config.subgraphs) - set(supergraph.subgraphs))
    if unknown:
        known = ", ".join(sorted(supergraph.subgraphs))
        raise ConfigError(f"subgraphs.{unknown[0]}: the supergraph has no such subgraph, only {known}")
    endpoints = {}
    for name, subgraph in supergraph.subgraphs.items():
        override = config.subgraphs.get(name)
        url = override.url if override is not None and override.url is not None else subgraph.url
        if not url.startswith(("http://", "https://")):
            raise ConfigError(f"subgraphs.{name}.url: the supergraph's address {url!r} is none of HTTP's; set one here")
        endpoints[name] = SubgraphEndpoint(url, override.subscription_url if override is not None else None)
    return endpoints


def _http_limits(config: RouterConfig) -> HttpLimits:
    limits = config.limits
    return HttpLimits(
        response_bytes=limits.subgraph_response_bytes,
        connections=limits.subgraph_connections,
        connect_seconds=limits.subgraph_connect_seconds,
    )


def _planner(config: RouterConfig, supergraph: Supergraph) -> Planner:
    given = config.planning
    return Planner(
        supergraph,
        limits=SelectionLimits(fields=given.fields, depth=given.depth),
        bounds=PlanningBounds(effort=given.effort, improvement=given.improvement, seconds=given.seconds),
    )


def _engine_settings(config: RouterConfig) -> EngineSettings:
    return EngineSettings(
        timeout=config.limits.timeout_seconds,
        max_tokens=config.limits.tokens,
        max_gathered_bytes=config.limits.operation_bytes,
        introspection=config.introspection,
        redact_subgraph_errors=config.redact_errors,
        reject_unauthorized=config.reject_unauthorized,
        labels=frozenset(config.override_labels),
    )
