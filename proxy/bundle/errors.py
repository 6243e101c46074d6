"""What can go wrong with a bundle?

BundleError
├── BundleRefused        a part does not verify; the last good one stays
│   └── NothingPublished there is no part to load yet
└── PublishRefused       what should be published has problems; nothing was changed
"""

from collections.abc import Sequence


class BundleError(Exception):
    """Base of this package's errors."""


class BundleRefused(BundleError):
    """A published part that does not verify.

    file    relative to the state directory
    """

    def __init__(self, file: str, what: str) -> None:
        super().__init__(f"{file}: {what}")
        self.file = file
        self.what = what


class NothingPublished(BundleRefused):
    """No base has ever been published here."""


class PublishRefused(BundleError):
    """What should be published has problems, each a line for the operator."""

    def __init__(self, problems: Sequence[object]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = tuple(problems)
