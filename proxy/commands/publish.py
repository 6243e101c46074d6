"""`schoolgate publish`: put the settings and lists, or an overlay of exceptions, in force."""

import argparse
import json
import os
import sys
import threading
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from pathlib import Path

from proxy.bundle.errors import BundleRefused, PublishRefused
from proxy.bundle.layout import Layout, Part
from proxy.bundle.load import load_current
from proxy.bundle.overlay import read_overlay_file
from proxy.bundle.publish import at_once, publish_base
from proxy.bundle.publish_overlay import Say, publish_overlay
from proxy.commands import Commands, Exit, config_argument, progress
from proxy.settings.loading import load
from proxy.startup import starting

DESCRIPTION = """Checks the settings and lists and puts them in force; running workers take them up within a
second. When anything is wrong, every problem is printed and the policy in force stays.

Where a policy is in force already, lists are compiled in time that nobody else wants: resolver and proxy
come first. With --now, or for the first policy, they are compiled like any other program.

With --overlay, puts a file of overrides and corrections in force instead, in place of those before;
lists are not compiled for that, and settings stay as they were published.

  schoolgate publish --config config/demo
  schoolgate publish --config config/demo --overlay exceptions.yaml
"""


NICE = 10  # where a scheduler has no idle class: a tenth of the processor where others want all of it


def register(commands: Commands) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser(
        "publish",
        help="put the settings and lists (or an overlay of exceptions) in force",
        description=DESCRIPTION,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    config_argument(parser)
    parser.add_argument(
        "--overlay", type=Path, metavar="FILE", help="publish this file (YAML or JSON) as overlay"
    )
    parser.add_argument(
        "--refresh",
        action="store_true",
        help="publish the settings in force once more, with today's lists and roster; files are not read",
    )
    parser.add_argument(
        "--now", action="store_true", help="compile lists at once, even if clients have to wait for it"
    )
    parser.add_argument("--json", action="store_true", help="one JSON object on standard output")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Publish; exit status 1 when there are problems, so that nothing changed, 3 when the disk refuses."""
    notes: list[str] = []
    say: Say = notes.append if args.json else print
    try:
        if args.overlay:
            state = _overlay(args, say)
        else:
            state = _refresh(args, say) if args.refresh else _base(args, say)
    except PublishRefused as refusal:
        return _refused(args, refusal)
    except OSError as error:
        print(f"schoolgate: the bundle cannot be written: {error}", file=sys.stderr)
        return Exit.FAILED
    if args.json:
        revisions = {part.value: Layout(state).current(part) or 0 for part in Part}
        print(json.dumps({"published": True, **revisions, "notes": notes}, ensure_ascii=False))
    return Exit.OK


def _in_idle_time[T](work: Callable[[], T]) -> T:
    """Do it in a thread that lets others go first. This one does not: overlays wait for the lock that it
    takes in the end."""
    done: Future[T] = Future()

    def stepped_back() -> None:
        _step_back()
        try:
            done.set_result(work())
        except BaseException as error:  # noqa: BLE001  (it is raised where the work was wanted)
            done.set_exception(error)

    threading.Thread(target=stepped_back, name="publish", daemon=True).start()
    return done.result()


def _step_back() -> None:
    """Have this thread's work done behind that of those who answer clients. An idle thread is no reason for
    the scheduler to put two workers on one core, and gives way at once to one that wakes up; one of low
    priority alone makes it wait for some milliseconds. Whatever forbids it, the work is done all the same."""
    with suppress(OSError):
        os.nice(max(0, NICE - os.nice(0)))
        if sys.platform == "linux":
            os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))


def _base(args: argparse.Namespace, say: Say) -> Path:
    loaded = load(args.config)
    if loaded.settings is None:
        raise PublishRefused(loaded.problems)
    state = loaded.settings.gateway.state
    apart = at_once if args.now or Layout(state).current(Part.BASE) is None else _in_idle_time
    with progress.shown() as told:
        publish_base(loaded.settings, state, say=say, on_progress=told, apart=apart)
    return state


def _refresh(args: argparse.Namespace, say: Say) -> Path:
    state = starting(args.config).state
    try:
        settings = load_current(state).settings
    except BundleRefused as refused:
        raise PublishRefused((f"there is nothing in force to refresh: {refused}",)) from refused
    with progress.shown() as told:
        publish_base(settings, state, say=say, on_progress=told, apart=at_once if args.now else _in_idle_time)
    return state


def _overlay(args: argparse.Namespace, say: Say) -> Path:
    overlay = read_overlay_file(args.overlay)
    state = starting(args.config).state
    publish_overlay(overlay, state, say=say)
    return state


def _refused(args: argparse.Namespace, refusal: PublishRefused) -> int:
    problems = [str(problem) for problem in refusal.problems]
    if args.json:
        print(json.dumps({"published": False, "problems": problems}, ensure_ascii=False))
    else:
        print("\n".join(problems), file=sys.stderr)
        print("schoolgate: nothing was published; the policy in force stays in force", file=sys.stderr)
    return Exit.NO
