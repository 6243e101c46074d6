"""What a YAML file says, and what it cannot say."""

# ruff: noqa: E501  (problems stand here as they are printed)

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proxy.settings.positions import MAX_DEPTH, MAX_FILE_BYTES, read_document
from proxy.settings.problem import Place
from proxy.settings.tree import Scalar, plain


def said(raw: bytes) -> list[str]:
    return [str(problem) for problem in read_document(raw, "a.yaml").problems]


def data(text: str) -> object:
    root = read_document(text.encode(), "a.yaml").root
    return plain(root) if root is not None else None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("a: 12:30", {"a": "12:30"}, id="a time is not a number of minutes"),
        pytest.param("on: [no, off]", {"on": ["no", "off"]}, id="no and on are words"),
        pytest.param("a: 0123", {"a": "0123"}, id="a grade keeps its zero"),
        pytest.param("a: 2026-11-23", {"a": "2026-11-23"}, id="a date is a text"),
        pytest.param("a: ~\nb:\nc: null\nd: ''", {"d": ""}, id="nothing counts as not written"),
        pytest.param("a: &x [1]\nb: *x", {"a": ["1"], "b": ["1"]}, id="an alias"),
        pytest.param("\ufeffa: 1", {"a": "1"}, id="a byte order mark"),
        pytest.param("a: 1\r\nb: 2\r\n", {"a": "1", "b": "2"}, id="line breaks of Windows"),
        pytest.param("# nothing", {}, id="only comments"),
        pytest.param("", {}, id="empty"),
    ],
)
def test_scalars_stay_as_they_were_written(text: str, expected: object) -> None:
    assert data(text) == expected


def test_every_value_knows_its_place() -> None:
    root = read_document(b"a:\n  - one\n  - {b: two}\n", "a.yaml").root
    assert root is not None
    key, items = root.entries["a"]

    assert key == Place("a.yaml", 1, 1, 1)
    assert items.nodes[0] == Scalar("one", True, Place("a.yaml", 2, 5, 3))  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        pytest.param(
            b"a:\n\tb: 1",
            "a.yaml:2:1: there is a tab where YAML allows only blanks\n    2 |  b: 1\n      | ^\n"
            "  hint: indent with blanks",
            id="a tab",
        ),
        pytest.param(
            b"a: 1\na: 2",
            "a.yaml:2:1: the key 'a' stands here twice\n    2 | a: 2\n      | ^\n  hint: it is already in line 1",
            id="a key twice",
        ),
        pytest.param(
            b"- a\n- b",
            "a.yaml:1:1: a settings file is a mapping\n    1 | - a\n      | ^\n  hint: begin with `key:` lines",
            id="a list as the whole file",
        ),
        pytest.param(
            b"a: caf\xe9",
            "a.yaml:1:1: the file is not UTF-8 text\n  hint: save it as UTF-8",
            id="another encoding",
        ),
        pytest.param(
            b"a: \x00",
            "a.yaml:1:4: there is a control character (U+0000) in the text\n  hint: remove it",
            id="a control character",
        ),
        pytest.param(
            b"a: !!python/object:os.system x",
            "a.yaml:1:4: settings use no YAML tags such as tag:yaml.org,2002:python/object:os.system\n"
            "    1 | a: !!python/object:os.system x\n      |    ^^^^^^^^^^^^^^^^^^^^^^^^^^^\n"
            "  hint: leave the tag away",
            id="a tag",
        ),
        pytest.param(
            b"a: 1\n---\nb: 2",
            "a.yaml:2:1: there is a second document in this file\n    2 | ---\n      | ^^^\n"
            "  hint: use one file for each",
            id="two documents",
        ),
        pytest.param(
            b"a: &x [*x]",
            "a.yaml:1:8: the alias *x has no complete &x before it\n    1 | a: &x [*x]\n      |        ^^",
            id="an alias to itself",
        ),
        pytest.param(
            b"? [a]\n: b",
            "a.yaml:1:3: a key must be a single word or text\n    1 | ? [a]\n      |   ^\n"
            "  hint: check for a stray `?` or `[`",
            id="a list as a key",
        ),
        pytest.param(
            b"a: b: c",
            "a.yaml:1:5: this is not YAML: mapping values are not allowed in this context\n"
            "    1 | a: b: c\n      |     ^\n  hint: a text with ': ' in it needs quotes",
            id="a colon that needs quotes",
        ),
    ],
)
def test_what_yaml_cannot_say_is_a_problem(raw: bytes, expected: str) -> None:
    assert said(raw) == [expected]


def test_a_file_that_is_too_large_is_not_read() -> None:
    assert said(b"#" * (MAX_FILE_BYTES + 1)) == [
        f"a.yaml: the file has {MAX_FILE_BYTES + 1} bytes; at most {MAX_FILE_BYTES} are read"
    ]


def test_deep_nesting_is_refused() -> None:
    (problem,) = said(b"a: " + b"[" * 5000)
    assert f"nested more than {MAX_DEPTH} levels deep" in problem


def test_nesting_by_aliases_is_refused_as_well() -> None:
    lines = ["a0: &a0 [x]"] + [f"a{n}: &a{n} [*a{n - 1}]" for n in range(1, 200)]
    (problem,) = said("\n".join(lines).encode())
    assert f"nested more than {MAX_DEPTH} levels deep" in problem


def test_aliases_that_unfold_to_too_much_are_refused() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 12)]
    (problem,) = said("\n".join(lines).encode())
    assert "the file unfolds to more than 400000 values" in problem


@given(st.binary(max_size=400))
def test_no_bytes_raise(raw: bytes) -> None:
    document = read_document(raw, "a.yaml")
    assert document.root is not None or document.problems


@given(st.text(alphabet="ab:-[]{}&*!|>'\"#?,% \n\t012~", max_size=200))
def test_no_text_of_yaml_signs_raises(text: str) -> None:
    document = read_document(text.encode(), str(Path("a.yaml")))
    assert document.root is not None or document.problems
