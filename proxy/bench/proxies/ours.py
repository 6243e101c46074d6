"""How is the filter's own proxy measured? Through its settings, `publish` and `schoolgate http`."""

from proxy.bench.origin import HOST
from proxy.bench.programs import version
from proxy.bench.proxies.proxy import Place, WebProxy
from proxy.bench.questions import free_port
from proxy.bench.results import OURS
from proxy.bench.school import SCHOOLGATE, School, Web


class Ours(WebProxy):
    """One worker, for devices that it judges by name only."""

    name = OURS
    program = "python3"

    def __init__(self, place: Place) -> None:
        super().__init__(place)
        origin = place.origin
        ca = origin.certificates.origin_ca
        web = Web(place.port, HOST, (origin.http, origin.https), ca, inspect=self.opens)
        self.school = School(place.folder, free_port(), free_port(), web=web)

    @classmethod
    def installed(cls) -> bool:
        """It runs already."""
        return True

    @classmethod
    def version(cls) -> str:
        """Of this very program."""
        return version([*SCHOOLGATE, "--version"])

    def prepare(self) -> None:
        """Compile the list and put it in force."""
        self.school.write(self.place.data.list_file)
        self.school.publish()

    def command(self) -> list[str]:
        """One worker."""
        return [*SCHOOLGATE, "http", "--config", str(self.school.config), "--worker", "0"]


class OursInspecting(Ours):
    """One worker, for devices that trust its authority: all TLS is opened."""

    opens = True
