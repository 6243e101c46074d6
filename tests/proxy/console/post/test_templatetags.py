"""Words of others in a letter."""

import pytest

from proxy.console.post.templatetags.letters import quoted


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        pytest.param("No.", "> No.", id="one line"),
        pytest.param("No.\n\n-- \nThe school\n", "> No.\n>\n> --\n> The school", id="a false signature"),
        pytest.param("a\r\nb\u2028c\x0bd", "> a\n> b\n> c\n> d", id="every sort of line break"),
        pytest.param("  ", ">", id="nothing"),
    ],
)
def test_every_line_is_marked(said: str, shown: str) -> None:
    assert quoted(said) == shown
