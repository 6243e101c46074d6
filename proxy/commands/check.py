"""`schoolgate check`: is everything in a settings directory right, with the files it names?"""

import argparse
import json
import sys
from dataclasses import asdict
from datetime import datetime
from pathlib import Path

from proxy.commands import Commands, Exit, config_argument
from proxy.commands.named_files import problems_in_files
from proxy.settings.bypass.reading import NO_DETECTORS
from proxy.settings.loading import Loaded, load
from proxy.settings.problem import Problem
from proxy.settings.schema import Settings

DESCRIPTION = """Reads the settings, the lists, the roster and every other file that they name, and says
everything that is wrong, with line and column. It changes nothing: what is in force stays in force."""


def register(commands: Commands) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser(
        "check",
        help="say everything that is wrong with the settings, and change nothing",
        description=DESCRIPTION,
        epilog="exit status: 0 no problems; 1 there are problems, and all of them were printed.",
    )
    parser.add_argument("--json", action="store_true", help="one JSON object with all problems")
    config_argument(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Check a directory; exit status 1 when there is any problem."""
    loaded = load(args.config)
    problems = [*loaded.problems, *_in_files(loaded)]
    if args.json:
        print(json.dumps({"config": str(args.config), "problems": [asdict(p) for p in problems]}, indent=1))
    elif problems:
        print("\n\n".join(str(problem) for problem in problems))
        print(f"\n{_counted(len(problems), 'problem')}; what is in force stays in force.", file=sys.stderr)
    elif loaded.settings is not None:
        print(summary(args.config, loaded.settings))
    if loaded.settings is not None and not loaded.settings.bypass.detectors:
        print(f"note: {NO_DETECTORS}", file=sys.stderr)
    return Exit.NO if problems else Exit.OK


def _in_files(loaded: Loaded) -> list[Problem]:
    if loaded.settings is None:
        return []
    return problems_in_files(loaded, datetime.now(loaded.settings.time_zone).date())


def summary(directory: Path, settings: Settings) -> str:
    """What the settings hold, in one line."""
    counted = (
        _counted(len(settings.schools), "school"),
        _counted(len(settings.groups), "group"),
        _counted(len(settings.classes), "class", "classes"),
        _counted(len(settings.devices), "device"),
        _counted(len(settings.networks), "network"),
        _counted(len(settings.schedules), "schedule"),
        _counted(len(settings.lists.local) + len(settings.lists.subscribe), "list"),
    )
    return f"{directory}: {', '.join(counted)}; no problems"


def _counted(number: int, one: str, many: str = "") -> str:
    return f"{number} {one if number == 1 else many or one + 's'}"
