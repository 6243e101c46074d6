"""The checked spelling of a JSON file."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proxy.bundle.envelope import EnvelopeProblem, seal, unseal

BODY = {"files": {"a.json": {"sha256": "00", "bytes": 3}}, "note": "Größe", "list": [1, None, True]}


def test_a_sealed_body_comes_back_as_it_was() -> None:
    assert unseal(seal(7, BODY), 7) == BODY


def test_another_revision_than_the_name_says_is_refused() -> None:
    with pytest.raises(EnvelopeProblem, match="another revision than its name, 8"):
        unseal(seal(7, BODY), 8)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        pytest.param(b"", "no JSON", id="empty"),
        pytest.param(b"\xff\xfe{", "no JSON", id="not text"),
        pytest.param(b"[" * 100_000, "no JSON", id="nested without end"),
        pytest.param(b"[]", "lacks one of", id="a list"),
        pytest.param(b'{"version": 1, "revision": 7, "sha256": "x"}', "lacks one of", id="a field missing"),
        pytest.param(
            b'{"version": 2, "revision": 7, "sha256": "x", "body": {}}', "another version", id="newer"
        ),
        pytest.param(
            b'{"version": 1, "revision": 7, "sha256": "x", "body": {}}', "checksum differs", id="checksum"
        ),
        pytest.param(
            b'{"version": true, "revision": 7, "sha256": "x", "body": {}}',
            "another version",
            id="not a number",
        ),
    ],
)
def test_what_was_not_sealed_is_refused_in_words(data: bytes, words: str) -> None:
    with pytest.raises(EnvelopeProblem, match=words):
        unseal(data, 7)


@given(at=st.integers(0, len(seal(7, BODY)) - 1), octet=st.integers(0, 255))
def test_one_changed_octet_is_refused_or_makes_no_difference(at: int, octet: int) -> None:
    data = bytearray(seal(7, BODY))
    data[at] = octet
    with contextlib.suppress(EnvelopeProblem):
        assert unseal(bytes(data), 7) == BODY


@given(st.binary(max_size=200))
def test_foreign_octets_raise_the_documented_error_only(data: bytes) -> None:
    with pytest.raises(EnvelopeProblem):
        unseal(data, 7)
