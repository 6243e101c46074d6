"""What can go wrong while a recording is replayed?

ReplayError
├── WrongRow        one row is not as it should be; the others are answered all the same
├── BrokenOff       a capture ends, or is damaged, in the middle: nothing behind that can be read
├── NoRecording     a file that is no recording of any known form
└── NoRules         no policy can be made of what `--policy` names
"""


class ReplayError(Exception):
    """Base of everything that this package raises."""


class WrongRow(ReplayError):
    """One row is not as it should be.

    field   which field, as the row writes it; "" for the row as a whole
    wrong   what is wrong with it
    hint    what would be right
    """

    def __init__(self, field: str, wrong: str, hint: str = "") -> None:
        super().__init__(wrong)
        self.field, self.wrong, self.hint = field, wrong, hint


class BrokenOff(ReplayError):
    """A capture ends in the middle of something; the message says where and of what."""


class NoRecording(ReplayError):
    """A file that is no recording of any known form; the message says which there are."""


class NoRules(ReplayError):
    """No policy can be made of what was named; `problems` says why, one text each."""

    def __init__(self, problems: tuple[str, ...]) -> None:
        super().__init__("; ".join(problems))
        self.problems = problems
