"""Which page does somebody mean who typed an address, and how much of its site?"""

from dataclasses import dataclass

from proxy.console.review.states import Reach
from proxy.decision.names import NameProblem, is_address
from proxy.decision.urls import parse_url
from proxy.lists.suffixes import public_suffixes

MAX_TYPED = 2000
SCHEMES = frozenset({"http", "https"})


@dataclass(frozen=True, slots=True)
class Place:
    """A page, in canonical spelling. Nothing here is ever fetched.

    path    "/" for the site as such
    query   "" when there is none
    """

    host: str = ""
    path: str = "/"
    query: str = ""
    scheme: str = "https"

    def __str__(self) -> str:
        return f"{self.host}{self.path if self.path != '/' else ''}"

    @property
    def url(self) -> str:
        """The whole address."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{host}{self.path}{'?' + self.query if self.query else ''}" if host else ""

    @property
    def part(self) -> str:
        """The part of the site that the page is in: a folder is itself, a file is its folder's."""
        if self.path.endswith("/") or "." not in self.path.rpartition("/")[2]:
            return self.path
        return self.path.rpartition("/")[0] or "/"

    def reaching(self, reach: Reach) -> tuple[Reach, str, str | None]:
        """What a reach means here: the reach, the path and the query that stand in a case."""
        if reach is Reach.PAGE and (self.path != "/" or self.query):
            return Reach.PAGE, self.path, self.query or None
        if reach is Reach.PATH and self.part != "/":
            return Reach.PATH, self.part, None
        return Reach.SITE, "/", None

    @property
    def usual_reach(self) -> Reach:
        """What most people mean: the page when its query says which one it is, else that part of the site."""
        if self.query:
            return Reach.PAGE
        return Reach.PATH if self.part != "/" else Reach.PAGE if self.path != "/" else Reach.SITE


def read_place(text: str) -> Place:
    """Read what somebody typed: a URL, or a host with or without a path.

    Raises NameProblem for anything else, also for a name that no single site has (`com`, `co.uk`).
    """
    typed = text.strip()
    if len(typed) > MAX_TYPED:
        raise NameProblem(f"an address here has at most {MAX_TYPED} characters")
    if any(not c.isprintable() or c.isspace() for c in typed):
        raise NameProblem("an address has no blanks")
    url = parse_url(typed, scheme="https")
    if url.scheme not in SCHEMES:
        raise NameProblem(f"the web has no {url.scheme} pages")
    if not is_address(url.host) and public_suffixes().holds(url.host):
        raise NameProblem(f"{url.host} is the ending of many sites' names")
    return Place(url.host, url.path, url.query, url.scheme)
