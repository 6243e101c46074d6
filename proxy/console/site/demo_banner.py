"""How does one log in to the demo's console?"""

from collections.abc import Iterator
from pathlib import Path

from proxy.console.people.demo import PASSWORD, PEOPLE
from proxy.console.site.config import ConsoleConfig


def log_ins(config: ConsoleConfig) -> Iterator[str]:
    """What is printed when the demo's console answers."""
    codes = command(config)
    yield ""
    yield f"The console is at {config.url}. Everybody's password is {PASSWORD}"
    for person in PEOPLE:
        mark = "*" if person.needs_code else " "
        yield f"  {person.login:<13}{mark} {person.words}"
    yield f"Who is marked * is asked for a code, too: {codes} NAME"
    yield ""


def command(config: ConsoleConfig) -> str:
    """The command that prints somebody's code, as one would type it from here."""
    shown = config.config_dir
    if shown.is_relative_to(Path.cwd()):
        shown = shown.relative_to(Path.cwd())
    where = "" if shown == Path("config/demo") else f" --config {shown}"
    return f".venv/bin/schoolgate console demo-code{where}"
