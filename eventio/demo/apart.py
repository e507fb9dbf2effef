"""Makes the demo data in a process of its own, beside the start of the system: its memory goes with it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from eventio.errors import CannotRun


def is_new(folder: Path) -> bool:
    """Tell whether a data folder has no database yet."""
    return not any(folder.glob("*.sqlite3"))


def start_filling(folder: Path) -> subprocess.Popen[bytes]:
    """Start `eventio demo` on a data folder; it shows its progress, and Ctrl-C ends it as well."""
    command = [sys.executable, "-m", "eventio", "demo", "--data-dir", str(folder)]
    return subprocess.Popen(command, stdin=subprocess.DEVNULL)  # noqa: S603 - this very program


def finish_filling(filling: subprocess.Popen[bytes], folder: Path) -> None:
    """Wait for it.

    Raises:
        CannotRun: it failed; it has said why.
    """
    try:
        code = filling.wait()
    except KeyboardInterrupt:
        filling.wait()
        raise
    if code != 0:
        raise CannotRun(f"the demo data could not be made: delete {folder} and start again, or start with --no-demo")
