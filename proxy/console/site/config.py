"""With which settings does this console run?"""

from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

from proxy.settings.schema import Settings
from proxy.settings.schema.console import ConsoleSettings


class NoConsole(Exception):
    """There is no console to run: the settings have none, or none was set up in this process."""


@dataclass(frozen=True, slots=True)
class ConsoleConfig:
    """What the console's processes go by.

    settings     the school's settings; they have a `console`
    state        the gateway's state directory
    config_dir   the settings directory
    demo         started by `schoolgate demo`: accounts with printed secrets are let in
    """

    settings: Settings
    state: Path
    config_dir: Path
    demo: bool = False

    @property
    def console(self) -> ConsoleSettings:
        """The console's own settings. Raises NoConsole when there are none."""
        if self.settings.console is None:
            raise NoConsole("these settings have no `console`")
        return self.settings.console

    @property
    def url(self) -> str:
        """Address as people reach it, without a slash at its end."""
        return self.console.url

    @property
    def zone(self) -> ZoneInfo:
        """The school's time zone."""
        return self.settings.time_zone

    @property
    def language(self) -> str:
        """The language where nothing else is known."""
        return self.console.languages[0]

    @property
    def folder(self) -> Path:
        """The console's own directory, mode 0700."""
        return self.state / "console"

    @property
    def database_file(self) -> Path:
        """The SQLite database, where that is used."""
        return self.folder / "console.sqlite3"

    @property
    def secret_file(self) -> Path:
        """The key that signs sessions and links."""
        return self.folder / "secret"

    @property
    def static_folder(self) -> Path:
        """Style sheets and scripts, as they are served."""
        return self.folder / "static"


_running: list[ConsoleConfig] = []


def use(given: ConsoleConfig) -> None:
    """Say with what this process runs; once, before Django is set up."""
    _running[:] = [given]


def config() -> ConsoleConfig:
    """What this process runs with. Raises NoConsole when nobody said."""
    if not _running:
        raise NoConsole("no console was set up in this process")
    return _running[0]
