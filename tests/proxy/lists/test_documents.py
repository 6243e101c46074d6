"""YAML data files in typed form."""

from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from proxy.lists.documents import Strict, read_document
from proxy.lists.errors import ListsProblem


class Inner(Strict):
    """An item."""

    colour: str
    number: int = 0


class Outer(Strict):
    """A file."""

    version: str
    items: tuple[Inner, ...] = ()


def problems(tmp_path, text):
    path = tmp_path / "data.yaml"
    path.write_text(text, "utf-8")
    with pytest.raises(ListsProblem) as caught:
        read_document(path, Outer)
    return [(one.line, one.column, one.message, one.hint) for one in caught.value.problems]


def test_scalars_stay_the_text_that_they_are(tmp_path):
    path = tmp_path / "data.yaml"
    path.write_text("version: 1\nitems:\n  - colour: no\n    number: 12\n")

    assert read_document(path, Outer).value == Outer(version="1", items=(Inner(colour="no", number=12),))


def test_all_problems_come_at_once_each_with_its_place(tmp_path):
    text = "version: 1\nitems:\n  - colur: red\n    number: many\n  - colour: blue\n    extra: 1\n"

    assert problems(tmp_path, text) == [
        (3, 5, "items.0.colour: this key is missing", ""),
        (3, 12, "items.0.colur: this key is not known", "did you mean 'colour'?"),
        (4, 13, "items.0.number: Input should be a valid integer, unable to parse string as an integer", ""),
        (6, 12, "items.1.extra: this key is not known", ""),
    ]


def test_a_key_that_stands_twice_is_a_problem(tmp_path):
    assert problems(tmp_path, "version: 1\nversion: 2\n") == [
        (2, 1, "'version' stands there twice", "keep one")
    ]


@pytest.mark.parametrize(
    "text", ["version: [", "\tversion: 1", "a: b: c", "", "- 1\n", "just text", "&a [*a]"]
)
def test_what_is_no_yaml_mapping_is_a_problem(tmp_path, text):
    assert problems(tmp_path, text)


def test_a_file_that_is_missing_or_no_utf_8_is_a_problem(tmp_path):
    with pytest.raises(ListsProblem, match="cannot be read"):
        read_document(tmp_path / "none.yaml", Outer)
    (tmp_path / "latin.yaml").write_bytes(b"version: \xe9\n")
    with pytest.raises(ListsProblem, match="not YAML in UTF-8"):
        read_document(tmp_path / "latin.yaml", Outer)


def test_aliases_that_multiply_without_end_are_stopped(tmp_path):
    bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
        f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 9)
    )

    assert "repeats itself" in problems(tmp_path, bomb)[0][2]


@given(st.text(max_size=80))
@settings(max_examples=150, deadline=None)
def test_no_text_raises_anything_but_problems(tmp_path_factory, text):
    path = tmp_path_factory.mktemp("doc") / "data.yaml"
    path.write_text(text, "utf-8")
    with suppress(ListsProblem):
        read_document(path, Outer)
