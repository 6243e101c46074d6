"""What do a few lists written by hand say of a host or URL? Names, and prefixes of URLs, as plain values."""

from collections.abc import Iterable, Mapping, Sequence

from proxy.decision.listing import Listing, ListingKind
from proxy.decision.names import NameProblem, canonical_host, tails
from proxy.decision.urls import Url, canonical_path, readings

LISTED = "listed"
"""Category of a page that is listed by its address alone."""


class HostsByCategory:
    """Listings of some names, each with all that stands below it, and of some prefixes of URLs.

    hosts      canonical name -> category
    prefixes   `host/path`; whatever begins so is listed, in any case of its letters, with or without `www.`
    list_id    what a listing says it stands in
    """

    def __init__(self, hosts: Mapping[str, str], prefixes: Iterable[str], list_id: str) -> None:
        self._names = {
            name: (Listing(name, category, list_id, line),)
            for line, (name, category) in enumerate(hosts.items(), 1)
        }
        self._pages: dict[str, list[tuple[str, Listing]]] = {}
        for line, prefix in enumerate(prefixes, 1):
            host, slash, path = (prefix.partition("://")[2] or prefix).partition("/")
            begins = canonical_path(slash + path).casefold()
            listing = Listing(prefix, LISTED, list_id, line, ListingKind.URL)
            self._pages.setdefault(_bare(_host(host)), []).append((begins, listing))

    def for_host(self, host: str) -> Sequence[Listing]:
        """The listing of the name or of its nearest listed parent."""
        for name in tails(host):
            if name in self._names:
                return self._names[name]
        return ()

    def for_url(self, url: Url) -> Sequence[Listing]:
        """Listings whose prefix some reading of the URL's path begins with."""
        pages = self._pages.get(_bare(url.host))
        if not pages:
            return ()
        paths = [path.casefold() for path in readings(url.path)]
        return [listing for begins, listing in pages if any(path.startswith(begins) for path in paths)]

    def url_categories(self, host: str) -> frozenset[str]:
        """Categories of the listed pages on this host."""
        return frozenset({LISTED}) if _bare(host) in self._pages else frozenset()

    def may_list_pages(self, host: str) -> bool:
        """Whether some page on this host is listed."""
        return _bare(host) in self._pages


def _host(text: str) -> str:
    try:
        return canonical_host(text)
    except NameProblem:
        return text.lower()


def _bare(host: str) -> str:
    return host.removeprefix("www.")
