"""Is the tree of errors in the docstring the tree there is?"""

import re

from proxy.dns import errors


def test_the_docstring_shows_every_error() -> None:
    drawn = re.findall(r"^[ │├└─]*([A-Z]\w+)(?:  |$)", errors.__doc__ or "", re.MULTILINE)
    defined = [name for name, value in vars(errors).items() if isinstance(value, type)]

    assert sorted(drawn) == sorted(defined)
    assert all(issubclass(getattr(errors, name), errors.DnsProblem) for name in defined)
