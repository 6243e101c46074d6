"""`python -m proxy.demo` serves the demo sites; `schoolgate demo` starts it beside the filter."""

import argparse
import asyncio
import sys
from pathlib import Path

from proxy.authority.errors import AuthorityProblem
from proxy.demo.origins import Place, run_origins
from proxy.operator_log import log_to_stderr

COULD_NOT_RUN = 3


def main() -> int:
    """Read the command line and serve until SIGTERM."""
    parser = argparse.ArgumentParser(prog="python -m proxy.demo", description=__doc__)
    parser.add_argument("--state", type=Path, required=True, help="the gateway's state directory")
    parser.add_argument("--address", default="127.0.9.1", help="address to listen on (default: %(default)s)")
    parser.add_argument("--http", type=int, default=8090, help="port for http (default: %(default)s)")
    parser.add_argument("--https", type=int, default=8453, help="port for https (default: %(default)s)")
    words = parser.parse_args()
    log_to_stderr("origins")
    try:
        asyncio.run(run_origins(Place(words.state, words.address, words.http, words.https)))
    except (OSError, AuthorityProblem) as problem:
        print(f"demo sites: {problem}", file=sys.stderr)
        return COULD_NOT_RUN
    return 0


if __name__ == "__main__":
    sys.exit(main())
