"""Reading and writing the files that commands are given."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from router.errors import ConfigError, SupergraphError
from router.supergraph import Supergraph, load_supergraph


def read_text(path: Path) -> str:
    """Read a file.

    Raises:
        ConfigError: it can not be read; the message names it and says why.
    """
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise ConfigError(f"{path} can not be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise ConfigError(f"{path} is no UTF-8 text") from error


def load(path: Path) -> Supergraph:
    """Read a supergraph.

    Raises:
        ConfigError: the file can not be read.
        SupergraphError: it is no supergraph that can be served; the message names the file.
    """
    text = read_text(path)
    try:
        return load_supergraph(text)
    except SupergraphError as error:
        raise error.in_file(str(path)) from error


def write_text(path: Path, text: str) -> None:
    """Write a file whole or not at all.

    Raises:
        ConfigError: it can not be written; the message names it and says why.
    """
    try:
        with tempfile.NamedTemporaryFile(
            "w", encoding="utf-8", newline="\n", dir=path.parent, prefix=f".{path.name}.", delete=False
        ) as file:
            file.write(text)
        mode = path.stat().st_mode & 0o777 if path.exists() else 0o666 & ~_umask()
        Path(file.name).chmod(mode)
        Path(file.name).replace(path)
    except OSError as error:
        raise ConfigError(f"{path} can not be written: {error.strerror}") from error


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
