"""Which command was typed? The roof: it parses arguments and hands over; it has no rules of its own."""

import argparse
import importlib
import os
import sys
from collections.abc import Sequence

from proxy.commands import Exit

COMMANDS = {
    "up": "start the whole filter: resolver, proxy and block page, watched over",
    "demo": "start the whole filter with the demo policy and small web sites of its own",
    "check": "say everything that is wrong with the settings, and change nothing",
    "publish": "put the settings and lists (or an overlay of exceptions) in force",
    "explain": "say what becomes of an address for a group, a person or a client, and why",
    "replay": "say what would have become of recorded traffic, row by row",
    "lists": "look into, compare, fetch and compile blocklists",
    "events": "read the log of what was judged",
    "console": "run the console: requests, answers, appeals; `migrate`, `import-roster` and more",
    "timers": "run the console's timers: due times, letters, ends",
    "audit": "check or export the console's record of what was done",
    "packets": "print, check or load the packet filter's rules; record what it refuses",
    "ca": "show and export the certificate authority, the PAC file, proposals",
    "selftest": "prove that the running filter blocks what it must, for every group",
    "bench": "measure the filter beside other programs on this machine",
    "dns": "run the resolver alone: all its workers, or one of them (as `up` does)",
    "http": "run one proxy worker (started by `up`)",
}

EPILOG = """exit status: 0 done; 1 the answer is no, or problems were found (all are printed);
2 the command line is wrong; 3 it could not be done (the message says what to do).
`schoolgate COMMAND --help` tells more."""


class _Version(argparse.Action):
    """Look the version up only when it is asked for: that takes longer than to start."""

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        from importlib.metadata import version

        print(f"schoolgate {version('schoolgate')}")
        parser.exit()


def parser_for(argv: Sequence[str]) -> argparse.ArgumentParser:
    """Build the parser; only the command that was typed is imported, so that each starts fast."""
    parser = argparse.ArgumentParser(
        prog="schoolgate",
        description="A web filter for schools: resolver and inspecting proxy under one policy, with reasons.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action=_Version, nargs=0, help="print the version and end")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    typed = next((word for word in argv if not word.startswith("-")), "")
    for name, summary in COMMANDS.items():
        if name == typed:
            importlib.import_module(f"proxy.commands.{name}").register(commands)
        else:
            commands.add_parser(name, help=summary)
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status (see `proxy.commands.Exit`)."""
    os.umask(0o077)  # whatever a command writes is about children, or about keys
    # No plugin of pydantic is ours, and to look for some takes long.
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    words = list(sys.argv[1:] if argv is None else argv)
    arguments = parser_for(words).parse_args(words)
    try:
        return int(arguments.run(arguments))
    except KeyboardInterrupt:
        return Exit.OK
    except BrokenPipeError:
        sys.stderr.close()
        return Exit.OK
    except OSError as error:
        print(f"schoolgate: {_told(error)}", file=sys.stderr)
        return Exit.FAILED


def _told(error: OSError) -> str:
    """Say what the system refused, of which file, and what usually helps."""
    where = f"{error.filename}: " if error.filename else ""
    hint = "; run it as the filter's own user" if isinstance(error, PermissionError) else ""
    return f"{where}{error.strerror or error}{hint}"
