"""Which events make the next frame, column by column as a frame holds them?

Whoever answers clients puts events on a pile by the numbers that their templates have in it, and pays for
that a few list operations a batch. What takes longer is left to the spool's writer.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import count, islice

from proxy.journal.codec import ClientTag

NO_ROW = (TypeError, ValueError, AttributeError, OverflowError)
"""What packing something raises that is no row."""

type Row = tuple[int, int, int, bytes, bytes, str | None]
"""sequence, time, duration, template, client tag, and for an event with a URL or ticket of its own
that ticket (or "")"""

_turns = count(1)


class Pile:
    """Events on their way into a frame.

    begun        for who numbers templates: what tells this pile from every other of the process, and the
                 list of templates for as long as it takes batches
    templates    that its events have, by number; one of a single event or of many
    template_of  numbers of the events' templates
    tickets      by place, of the events that have a template of their own; "" when no page was shown
    own_bytes    size of those events' templates
    unusable     how many were to be put on it and are no rows
    """

    __slots__ = (
        "_known", "begun", "durations_us", "own_bytes", "sequences", "tags", "template_of", "templates",
        "tickets", "times_us", "unusable",
    )  # fmt: skip

    def __init__(self, rows: Iterable[Row] = ()) -> None:
        self.sequences: list[int] = []
        self.times_us: list[int] = []
        self.durations_us: list[int] = []
        self.template_of: list[int] = []
        self.templates: list[bytes] = []
        self.begun = next(_turns), self.templates
        self.tags: list[bytes] = []
        self.tickets: dict[int, str] = {}
        self.own_bytes = self.unusable = 0
        self._known: dict[bytes, int] = {}
        for row in rows:
            self.add(row)

    def __len__(self) -> int:
        return len(self.template_of)

    def add(self, row: Row) -> None:
        """Put one row on the pile.

        Raises one of NO_ROW when it is none.
        """
        sequence, time_us, duration_us, template, tag, ticket = row
        number = self._known.get(template)
        if number is None:
            number = self._known[template] = len(self.templates)
            self.templates.append(template)
        if ticket is not None:
            self.tickets[len(self)] = ticket
            self.own_bytes += len(template)
        self.sequences.append(sequence)
        self.times_us.append(time_us)
        self.durations_us.append(duration_us)
        self.template_of.append(number)
        self.tags.append(tag)

    def put(
        self,
        time_us: int,
        numbers: Sequence[int],
        tags: Sequence[ClientTag],
        durations_us: Sequence[int] | None = None,
    ) -> None:
        """Put events of one moment on the pile, by the numbers of their templates; before any row.

        durations_us   None: 0 for all
        """
        if durations_us is not None:
            self._fill_durations()
            self.durations_us += durations_us
        self.times_us += [time_us] * len(numbers)
        self.template_of += numbers
        self.tags += tags

    def finish(self, sequences: Iterator[int]) -> None:
        """Take no more batches: fill in what nobody needed to say of their events.

        Who still appends to the list in `begun` changes this pile no more.
        """
        self.templates = self.templates.copy()
        events = len(self.template_of)
        self.sequences += islice(sequences, events)
        self._fill_durations()

    def _fill_durations(self) -> None:
        self.durations_us += [0] * (len(self.template_of) - len(self.durations_us))

    def number(self, templates: Sequence[bytes]) -> range:
        """Give templates numbers, and return these."""
        first = len(self.templates)
        self.templates += templates
        return range(first, first + len(templates))

    def rows(self) -> list[Row]:
        """The rows again, one by one."""
        templates = map(self.templates.__getitem__, self.template_of)
        tickets = map(self.tickets.get, range(len(self)))
        columns = self.sequences, self.times_us, self.durations_us, templates, self.tags, tickets
        return list(zip(*columns, strict=True))

    def shown(self) -> list[str]:
        """The tickets of the block pages that were shown."""
        return [ticket for ticket in self.tickets.values() if ticket]
