"""What does receiving and sending alone cost? A few lines of C that look nothing up."""

from pathlib import Path

from proxy.bench.programs import need
from proxy.bench.resolvers.resolver import Resolver
from proxy.bench.running import run

SOURCE = Path(__file__).parent.parent / "c" / "echo.c"


class Echo(Resolver):
    """Answers each question with NXDOMAIN: the floor under every resolver on this machine."""

    name = "echo"
    program = "cc"
    filters = False
    reloads = False

    def write_list(self, list_file: Path) -> None:
        """There is none."""

    def write_config(self) -> None:
        """Compile it."""
        run([need("cc"), "-O2", "-o", str(self.file("echo")), str(SOURCE)])

    def commands(self) -> list[list[str]]:
        """One process."""
        return [[str(self.file("echo")), str(self.place.port)]]
