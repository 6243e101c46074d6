"""Are the files that the settings name there, and do they say something usable?"""

import ssl
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from pathlib import Path

from proxy.decision.listing import ListingKind
from proxy.decision.names import covers
from proxy.decision.policy import FLOOR, FLOOR_FOR_ALL, PassEntry
from proxy.identity.compile import roster_files
from proxy.identity.htpasswd import Htpasswd, HtpasswdProblem
from proxy.identity.roster import read_roster
from proxy.lists.categories import Catalogue, load_categories
from proxy.lists.errors import CompileFailed, ListsProblem
from proxy.lists.errors import Problem as ListProblem
from proxy.lists.formats import Complaint, Entry, Format, Why
from proxy.lists.reading import read_file
from proxy.lists.selection import own_list, subscriptions_in_use, unlisted_floor
from proxy.lists.sources import ListSource, Subscription, load_sources
from proxy.lists.suffixes import PublicSuffixes, public_suffixes
from proxy.lists.tree import files_of
from proxy.settings.bypass.reading import read_files
from proxy.settings.gathering import BYPASS, CATALOGUE, PASS_THROUGH, SOURCES
from proxy.settings.loading import Loaded
from proxy.settings.problem import Problem
from proxy.settings.schema import Settings
from proxy.settings.schema.records import LocalList
from proxy.settings.supplements import read_supplements
from proxy.settings.wording import Loc, Worded

STARTER = "starter.txt"
HARMLESS = frozenset({Why.REPEATED, Why.JOINED, Why.LOCAL_NAME, Why.HEADER, Why.ZONE_RECORD})
SHOWN_PER_LIST = 20


def problems_in_files(loaded: Loaded, today: date) -> list[Problem]:
    """Read every file that sound settings name and return what is wrong with them.

    today    the day on which the roster is read
    """
    if loaded.settings is None:
        return []
    settings, files = loaded.settings, _Files(loaded)
    problems = [*files.logins(), *files.authorities(), *files.of_the_console(), *files.roster(today)]
    try:
        catalogue = load_categories(settings.lists.blocklists / CATALOGUE)
        load_sources(settings.lists.blocklists / SOURCES, catalogue)
    except ListsProblem as error:
        return [*problems, *(_plain(each) for each in error.problems)]
    supplements, found = read_supplements(settings)
    problems.extend(found)
    if settings.bypass.detectors:
        problems.extend(read_files(settings.lists.blocklists / BYPASS)[1])
    problems.extend(files.lists_for_the_floor(catalogue))
    in_lists = list(files.local_lists(catalogue))
    problems.extend(in_lists)
    if not in_lists:
        entries = [entry for entries in supplements.pass_lists.values() for entry in entries]
        listed = dict(_floor_names(settings, catalogue))
        problems.extend(_hidden_floor(settings, entries, listed))
        problems.extend(files.opened_floor(listed))
    return problems


class _Files:
    """Looks into the files that are named at known places of the settings."""

    def __init__(self, loaded: Loaded) -> None:
        assert loaded.settings is not None
        self._settings = loaded.settings
        self._report = loaded.report

    def _at(self, path: Loc, message: str, hint: str = "") -> Problem:
        said = Worded(path, message, hint)
        return self._report.problem(said) if self._report else Problem("", 0, 0, "", "", message, hint)

    def logins(self) -> Iterator[Problem]:
        """The file of log-ins."""
        if self._settings.proxy.htpasswd is not None:
            try:
                Htpasswd.read(self._settings.proxy.htpasswd)
            except HtpasswdProblem as problem:
                for line in str(problem).splitlines():
                    yield self._at(("proxy", "htpasswd"), line)

    def authorities(self) -> Iterator[Problem]:
        """The file of further authorities."""
        file = self._settings.proxy.upstream_ca
        if file is not None:
            try:
                ssl.create_default_context(cafile=str(file))
            except (OSError, ssl.SSLError) as error:
                why = error.strerror or "it holds no certificate"
                yield self._at(
                    ("proxy", "upstream_ca"), f"{file} cannot be used: {why}", "a PEM file is needed"
                )

    def of_the_console(self) -> Iterator[Problem]:
        """The console's certificate, duties and secrets. Secrets may be for the console's user alone."""
        console = self._settings.console
        if console is None:
            return
        if console.certificate is not None:
            try:
                context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
                context.load_cert_chain(console.certificate, console.certificate_key)
            except OSError as error:  # ssl.SSLError is one
                why = f"{console.certificate} cannot be used: {error.strerror or error}"
                yield self._at(
                    ("console", "certificate"), why, "PEM files with a certificate and its own key"
                )
        named: dict[Loc, Path | None] = {
            ("console", "duties"): console.duties,
            ("console", "database_password_file"): console.database_password_file,
            ("console", "mail", "password_file"): console.mail.password_file if console.mail else None,
            ("console", "oidc", "client_secret_file"): console.oidc.client_secret_file
            if console.oidc
            else None,
        }
        for path, file in named.items():
            if file is not None and not file.is_file():
                yield self._at(path, f"{file} is not there", "paths start at the settings directory")

    def roster(self, today: date) -> Iterator[Problem]:
        """The roster's files, and devices of people that are not in them."""
        named = roster_files(self._settings)
        if named is None:
            return
        roster = read_roster(named, today)
        for problem in roster.problems:
            yield Problem(problem.file, problem.line, 1 if problem.line else 0, "", "roster", problem.message)
        people = {person.id for person in roster.people}
        for device in self._settings.devices:
            if device.subject is not None and device.subject not in people:
                path = ("devices", device.id, "subject")
                yield self._at(path, "nobody in the roster has this id", "a `sourcedId` from users.csv")

    def local_lists(self, catalogue: Catalogue) -> Iterator[Problem]:
        """The school's own lists."""
        suffixes = public_suffixes()
        for number, local in enumerate(self._settings.lists.local):
            path = ("lists", "local", number, "file")
            try:
                yield from _lines_of(local, catalogue, suffixes)
            except CompileFailed as error:
                yield self._at(path, str(error), "paths start at the settings directory")
            except OSError as error:
                yield self._at(path, f"{local.file} cannot be read: {error.strerror}")

    def lists_for_the_floor(self, catalogue: Catalogue) -> Iterator[Problem]:
        """A choice of lists by which nothing is blocked that the law asks to block. Lists of child abuse
        are given to members only, so that a school may have none."""
        choices = self._settings.lists
        lists: list[ListSource | Subscription] = [own_list(one) for one in choices.local]
        lists += subscriptions_in_use(choices, catalogue)[0]
        for category in () if choices.starter else unlisted_floor(lists):
            if category != FLOOR_FOR_ALL:
                message = f"no list in use is about '{category}', which the law asks to block"
                yield self._at(("lists",), message, "write `starter: true`, or subscribe to a list")

    def opened_floor(self, listed: Mapping[str, str]) -> Iterator[Problem]:
        """Essential names at or around a site that the law asks to block: before the first policy they
        would open it."""
        for number, name in enumerate(self._settings.gateway.essential_names):
            opened = _around(name, listed)
            if opened is not None:
                message = f"'{name}' would leave {opened} open, which {listed[opened]} lists"
                hint = "a name that the law asks to block cannot be essential"
                yield self._at(("gateway", "essential_names", number), message, hint)


def _lines_of(local: LocalList, catalogue: Catalogue, suffixes: PublicSuffixes) -> Iterator[Problem]:
    wrong = 0
    for file in files_of(own_list(local), catalogue):
        for item in read_file(file, suffixes):
            if isinstance(item, Complaint) and item.why not in HARMLESS:
                wrong += 1
                if wrong <= SHOWN_PER_LIST:
                    message = f"'{item.text}': {item.why.value}"
                    yield Problem(str(file.path), item.line, 1, "", local.id, message, item.detail)
    if wrong > SHOWN_PER_LIST:
        more = f"{wrong - SHOWN_PER_LIST} more lines of this list cannot be used"
        yield Problem(str(local.file), 0, 0, "", local.id, more, "`schoolgate lists lint` shows them all")


def _hidden_floor(
    settings: Settings, entries: Iterable[PassEntry], listed: Mapping[str, str]
) -> Iterator[Problem]:
    """Pass-through names at or around a site that the law asks to block: they would hide it."""
    own = {one.id: one.file for one in settings.pass_through}
    for entry in entries:
        hidden = _around(entry.name, listed)
        if hidden is not None:
            file = own.get(entry.list_id, settings.lists.blocklists / PASS_THROUGH / f"{entry.list_id}.txt")
            message = f"'{entry.name}' would pass {hidden} on uninspected, which {listed[hidden]} lists"
            hint = "a name that the law asks to block cannot be passed through"
            yield Problem(str(file), entry.line, 1, "", entry.list_id, message, hint)


def _around(name: str, listed: Iterable[str]) -> str | None:
    return next((each for each in listed if covers(name, each) or covers(each, name)), None)


def _floor_names(settings: Settings, catalogue: Catalogue) -> Iterator[tuple[str, str]]:
    """Each name under a floor category in the lists at hand, with where it stands."""
    starters = [settings.lists.blocklists / category / STARTER for category in FLOOR]
    files = [file for file in starters if file.is_file()] if settings.lists.starter else []
    sources = [ListSource(file.parent.name, "", file, Format.DOMAINS, file.parent.name) for file in files]
    sources.extend(own_list(local) for local in settings.lists.local if local.category in FLOOR)
    for file in (file for source in sources for file in files_of(source, catalogue)):
        for item in read_file(file, public_suffixes()):
            if isinstance(item, Entry) and item.kind is ListingKind.NAME:
                yield item.text, f"{file.path.parent.name}/{file.path.name}, line {item.line},"


def _plain(problem: ListProblem) -> Problem:
    return Problem(problem.file, problem.line, problem.column, "", "", problem.message, problem.hint)
