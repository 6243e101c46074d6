"""What is one row of a recording: what was seen, who did it, and, apart from both, what it was?"""

from dataclasses import dataclass

from proxy.bypass.observed import Exchange, Opening, Question

type Seen = Exchange | Question | Opening


@dataclass(frozen=True, slots=True)
class Who:
    """Who did it, as far as the recording says.

    role      `student`, or whatever the recording calls people; ""
    address   canonical IP address; ""
    """

    role: str = ""
    address: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """One row, as it is judged.

    id         as the recording has it, or made of where it stands
    line       the row's line or, in a capture, the packet's number
    host       canonical host asked for, or the address where no name was said; "" when there is neither
    seen       what there is to look at, in the order in which it showed
    together   rows with the same text here are judged in the order of `at`; "" for one by itself
    at         seconds on a clock that only goes forward
    trouble    why nobody could say what was asked for, so that it is refused; ""
    """

    id: str
    line: int
    who: Who
    host: str
    seen: tuple[Seen, ...]
    together: str = ""
    at: float = 0.0
    trouble: str = ""

    @property
    def kind(self) -> str:
        """What it is about, in the words of a score's table."""
        first = self.seen[0] if self.seen else None
        if isinstance(first, Question):
            return "DNS"
        return "handshakes and streams" if isinstance(first, Opening) else "requests"


@dataclass(frozen=True, slots=True)
class Truth:
    """What somebody wrote beside a row about what it is. Nothing that judges ever sees it.

    is_bypass   None where the row does not say
    expect      the verdict that is due; "" where the row does not say
    session     rows with the same text here count as one; ""
    """

    is_bypass: bool | None = None
    technique: str = ""
    expect: str = ""
    session: str = ""


@dataclass(frozen=True, slots=True)
class Told:
    """A row, and what was written beside it."""

    row: Row
    truth: Truth


@dataclass(frozen=True, slots=True)
class Complaint:
    """A row that could not be read, or the place where a recording breaks off.

    line    0 for the file as a whole
    """

    line: int
    field: str
    wrong: str
    hint: str = ""
