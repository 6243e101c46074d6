"""How is the filter's own resolver measured? Through its settings, `publish` and `schoolgate dns`."""

from pathlib import Path

from proxy.bench.programs import version
from proxy.bench.resolvers.resolver import Place, Resolver
from proxy.bench.results import OURS
from proxy.bench.running import Server
from proxy.bench.school import SCHOOLGATE, School


class Ours(Resolver):
    """`schoolgate dns`, as a person starts it."""

    name = OURS
    program = "python3"

    def __init__(self, place: Place) -> None:
        super().__init__(place)
        self.school = School(place.folder, place.port, place.upstream, place.workers)

    @classmethod
    def installed(cls) -> bool:
        """It runs already."""
        return True

    @classmethod
    def version(cls) -> str:
        """Of this very program."""
        return version([*SCHOOLGATE, "--version"])

    def write_list(self, list_file: Path) -> None:
        """The settings name a copy of the list."""
        self.school.write(list_file)

    def write_config(self) -> None:
        """Compile the list and put it in force: not a part of the start."""
        self.school.publish()

    def commands(self) -> list[list[str]]:
        """One group of workers, as many as the settings say."""
        return [[*SCHOOLGATE, "dns", "--config", str(self.school.config)]]

    def reload(self, server: Server) -> None:
        """Workers take up what is published."""
        self.school.publish()
