"""Opens the socket to serve on, before anything else is started. Light to import: other servers use it too."""

from __future__ import annotations

import socket
from typing import Final

from router.errors import ConfigError

_BACKLOG: Final = 2048


def listen(host: str, port: int) -> socket.socket:
    """Open the socket to serve on, before anything else is started.

    Raises:
        ConfigError: the address is taken, or not this machine's.
    """
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        listening = socket.socket(family, kind, protocol)
    except OSError as error:
        raise ConfigError(f"host {host}: {error.strerror or error}") from error
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind(address)
        listening.listen(_BACKLOG)
    except OSError as error:
        listening.close()
        raise ConfigError(
            f"cannot listen on {host}:{port}: {error.strerror or error}; choose another with --port"
        ) from error
    return listening


def address_of(listening: socket.socket) -> str:
    """Give the URL under which a socket is reached from this machine."""
    host, port = listening.getsockname()[:2]
    return f"http://{f'[{host}]' if ':' in host else host}:{port}"
