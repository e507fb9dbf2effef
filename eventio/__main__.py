"""The command line: `eventio --help`."""

from __future__ import annotations

import sys

from rich.console import Console
from rich.markup import escape

from eventio.commands import cli
from eventio.errors import CannotRun
from router.errors import ConfigError, SupergraphError
from subgraphs.common.errors import DatabaseIsNewer, DatabaseIsOlder

_STOPS = (CannotRun, ConfigError, SupergraphError, DatabaseIsNewer, DatabaseIsOlder)


def main() -> None:
    """Run a command; what stops it is one line and exit code 1, a wrong call is exit code 2."""
    try:
        cli()
    except _STOPS as error:
        Console(stderr=True).print(f"[bold red]eventio:[/] {escape(str(error))}", soft_wrap=True)
        sys.exit(1)


if __name__ == "__main__":
    main()
