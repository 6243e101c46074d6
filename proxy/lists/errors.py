"""What can go wrong with lists, as one tree?

ListsError
  ListsProblem     categories.yaml, sources.yaml or a starter list is not as it should be
  CompileFailed    no index could be made of the lists
  IndexRefused     an index file is not one, is of another version, or is damaged
  FetchRefused     a list could not be brought here, or was not accepted
"""

from dataclasses import dataclass


class ListsError(Exception):
    """Base of everything this package raises on purpose; the message is for a technician."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong in a data file.

    line, column   1-based; 0 when the file as a whole is meant
    hint           what would be right; may be ""
    """

    file: str
    line: int
    column: int
    message: str
    hint: str = ""

    def __str__(self) -> str:
        place = f":{self.line}:{self.column}" if self.line else ""
        hint = f"\n  hint: {self.hint}" if self.hint else ""
        return f"{self.file}{place}: {self.message}{hint}"


class ListsProblem(ListsError):
    """A data file has problems; all of them, in the order of the file."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = problems


class CompileFailed(ListsError):
    """No index could be made of the lists."""


class IndexRefused(ListsError):
    """A file is not a usable index; the message names the file and what is wrong with it."""


class FetchRefused(ListsError):
    """A list could not be brought here, or what came was not accepted."""
