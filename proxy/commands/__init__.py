"""What can be typed after `schoolgate`? One module a command, each with `register` and `run`."""

import argparse
import os
from enum import IntEnum
from pathlib import Path

type Commands = argparse._SubParsersAction[argparse.ArgumentParser]


class Exit(IntEnum):
    """What a command's exit status says."""

    OK = 0
    NO = 1
    USAGE = 2
    FAILED = 3


def config_argument(parser: argparse.ArgumentParser) -> None:
    """Give a command the option that names its settings directory."""
    parser.add_argument(
        "--config",
        type=Path,
        default=Path(os.environ.get("SCHOOLGATE_CONFIG", "config/demo")),
        metavar="DIR",
        help="directory with the settings, *.yaml (default: $SCHOOLGATE_CONFIG, or %(default)s)",
    )
