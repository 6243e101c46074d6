"""How do list files come into the builder of an index, and what becomes of each line?"""

from collections.abc import Callable, Sequence

from proxy.lists.builder import NEXT_LINE, IndexBuilder, Outcome, posting_of
from proxy.lists.categories import Catalogue
from proxy.lists.errors import CompileFailed
from proxy.lists.formats import Complaint, Entry, Format, Reach, Why, complain
from proxy.lists.formats.tsv import categories_of
from proxy.lists.reading import OnOctets, Tally, read_file_in_runs
from proxy.lists.runs import Run
from proxy.lists.suffixes import PublicSuffixes, public_suffixes
from proxy.lists.tree import ListFile

UNMAPPED = "unmapped"
MAX_REMEMBERED = 10_000

type OnComplaint = Callable[[ListFile, Complaint], None]


def takes_own_categories(file: ListFile) -> bool:
    """Whether the lines of a file name their categories themselves."""
    return file.category is None and file.format is Format.TSV


class Collector:
    """Puts file after file into a builder and keeps the numbers of lists, categories and sources."""

    def __init__(
        self,
        catalogue: Catalogue,
        seed: int,
        on_complaint: OnComplaint,
        suffixes: PublicSuffixes | None = None,
    ) -> None:
        self.builder = IndexBuilder(seed)
        self._catalogue = catalogue
        self._on_complaint = on_complaint
        self._suffixes = suffixes or public_suffixes()
        self._lists: dict[str, int] = {}
        self.categories: dict[str, int] = {}
        self.sources: dict[tuple[int, int], int] = {}
        self._sources_of: dict[tuple[int, tuple[str, ...]], list[tuple[int | None, str]]] = {}

    def take(self, file: ListFile, at: OnOctets = lambda file, octets: None) -> Tally:
        """Read a file whole, telling `at` now and then how far it is. Raises CompileFailed."""
        if file.id in self._lists:
            raise CompileFailed(f"two lists are called {file.id}; every list needs an id of its own")
        number = self._lists[file.id] = len(self._lists)
        tally = Tally()
        usual = None if takes_own_categories(file) else self._source(number, file.category or UNMAPPED)
        for item in read_file_in_runs(file, self._suffixes, at):
            if isinstance(item, Run):
                self._add_run(file, tally, usual, number, item)
            elif isinstance(item, Complaint):
                self._complain(file, tally, item)
            elif usual is not None:
                self._add(file, tally, usual, item)
            else:
                self._add_by_own_categories(file, tally, number, item)
        return tally

    def _add(self, file: ListFile, tally: Tally, source: int, entry: Entry) -> None:
        outcome, line = self.builder.add(source, entry)
        if outcome is Outcome.NEW:
            tally.took(entry)
        else:
            text = entry.text
            if outcome is Outcome.JOINED and entry.reach is Reach.BELOW:
                text = f"*.{text}"
            self._complain(file, tally, _not_new(entry.line, text, outcome, line))

    def _add_run(self, file: ListFile, tally: Tally, usual: int | None, number: int, run: Run) -> None:
        """Put a run into the builder; the same as its entries one by one, but for the order in which several
        categories of one line are complained of."""
        names: Sequence[bytes] = run.names
        strange: list[Complaint] = []
        if usual is None:
            names, postings, strange = self._expanded(file, number, run)
        else:
            first = posting_of(run.begin, usual)
            postings = range(first, first + NEXT_LINE * len(names), NEXT_LINE)
        known = self.builder.add_names(names, postings)
        complaints = [
            _not_new(postings[place] >> 32, names[place].decode(), outcome, line)
            for place, (outcome, line) in known.items()
        ] + strange
        taken = len(run.names)
        if complaints:
            taken = len({posting >> 32 for place, posting in enumerate(postings) if place not in known})
        tally.took_run(run, taken, len(names) - len(known))
        for complaint in sorted(complaints, key=lambda one: one.line):
            tally.reasons[complaint.why] += 1
            self._on_complaint(file, complaint)

    def _expanded(
        self, file: ListFile, number: int, run: Run
    ) -> tuple[list[bytes], Sequence[int], list[Complaint]]:
        """The names of a run, each as often as its line names categories, with a posting for each; and
        what is said of categories that are not known."""
        said = run.said or []
        postings_of: dict[bytes, list[int]] = {}
        unknown: dict[bytes, list[str]] = {}
        for text in dict.fromkeys(said):  # in this order sources get their numbers
            sources = self._sources_named(file, number, categories_of(text.decode()))
            postings_of[text] = [posting_of(0, source) for source, _ in sources if source is not None]
            if len(postings_of[text]) < len(sources):
                unknown[text] = [name for source, name in sources if source is None]
        names, postings = [], []
        complaints: list[Complaint] = []
        line = run.begin
        for name, text in zip(run.names, said, strict=True):
            for posting in postings_of[text]:
                names.append(name)
                postings.append(line << 32 | posting)
            if text in unknown:
                complaints += [_unknown(line, name.decode(), category) for category in unknown[text]]
            line += 1
        return names, postings, complaints

    def _add_by_own_categories(self, file: ListFile, tally: Tally, number: int, entry: Entry) -> None:
        for source, name in self._sources_named(file, number, entry.categories):
            if source is None:
                self._complain(file, tally, _unknown(entry.line, entry.text, name))
            else:
                self._add(file, tally, source, entry)

    def _sources_named(
        self, file: ListFile, number: int, names: tuple[str, ...]
    ) -> list[tuple[int | None, str]]:
        """The source for each of the categories that a line names; None for one that is not known."""
        if (number, names) in self._sources_of:
            return self._sources_of[number, names]
        sources: list[tuple[int | None, str]] = []
        for name in names:
            category = file.source.categories.get(name) or self._catalogue.by_upstream_name(name)
            sources.append((None if category is None else self._source(number, category), name))
        if len(self._sources_of) >= MAX_REMEMBERED:  # a list may name another mixture in each of its lines
            self._sources_of.clear()
        self._sources_of[number, names] = sources
        return sources

    def _complain(self, file: ListFile, tally: Tally, complaint: Complaint) -> None:
        tally.left(complaint)
        self._on_complaint(file, complaint)

    def _source(self, number: int, category: str) -> int:
        place = self.categories.setdefault(category, len(self.categories))
        return self.sources.setdefault((number, place), len(self.sources))


def _not_new(number: int, text: str, outcome: Outcome, line: int) -> Complaint:
    """What is said of an entry that was there before, in another line."""
    if outcome is Outcome.REPEATED:
        return complain(number, Why.REPEATED, text, f"as in line {line}")
    return complain(number, Why.JOINED, text, f"one entry with line {line}")


def _unknown(number: int, text: str, category: str) -> Complaint:
    detail = f"no category goes by the name '{category[:40]}'; map it under categories:"
    return complain(number, Why.UNKNOWN_CATEGORY, text, detail)
