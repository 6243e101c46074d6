"""What holds for all readers."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from list_world import complaints, entries, says
from proxy.decision.listing import ListingKind
from proxy.decision.names import canonical_host
from proxy.lists.formats import MAX_LINE, READERS, Complaint, Entry, Format, read
from proxy.lists.formats.guess import guess_format

LINES = st.one_of(
    st.text(max_size=60),
    st.from_regex(
        r"(\|\||@@\|\||address=/|server=/|0\.0\.0\.0 |\*\.|)[a-z0-9.*-]{0,20}(\^|/|\t|$|\$[a-z]+| CNAME .*)"
    ),
)
SAME_SET = {
    Format.HOSTS: "# x\n0.0.0.0 a.example\n0.0.0.0 b.c.example\n",
    Format.DOMAINS: "a.example\nb.c.example\n",
    Format.ADBLOCK: "! x\n||a.example^\n||b.c.example^\n",
    Format.DNSMASQ: "server=/a.example/\naddress=/b.c.example/0.0.0.0\n",
    Format.RPZ: "a.example CNAME .\n*.a.example CNAME .\nb.c.example CNAME .\n*.b.c.example CNAME .\n",
    Format.TSV: "a.example\tgames\nb.c.example\tgames\n",
}


def says_something(line):
    """Whether no format could take a line for an empty one or a comment."""
    first = line.strip("\ufeff").strip()[:1]
    return first.isalnum() or first in ("|", "@", "*", ".", "_", "-", "$")


def test_every_format_but_the_directory_has_a_reader():
    assert set(READERS) == set(Format) - {Format.SQUIDGUARD}


@pytest.mark.parametrize("form", SAME_SET, ids=lambda form: form.value)
def test_the_same_names_in_any_format_are_the_same_set(form):
    assert {item.text for item in says(form, SAME_SET[form])} == {"a.example", "b.c.example"}


@pytest.mark.parametrize("form", READERS, ids=lambda form: form.value)
@given(lines=st.lists(LINES, max_size=8))
@settings(max_examples=150, deadline=None)
def test_no_text_makes_a_reader_fail_and_no_line_is_swallowed(form, lines):
    items = list(read(form, lines))

    assert all(isinstance(item, Entry | Complaint) for item in items)
    assert all(1 <= item.line <= len(lines) for item in items)
    spoken_of = {item.line for item in items}
    assert [
        line for number, line in enumerate(lines, 1) if says_something(line) and number not in spoken_of
    ] == []
    for item in items:
        if isinstance(item, Entry) and item.kind is ListingKind.NAME:
            assert canonical_host(item.text) == item.text


@given(names=st.lists(st.from_regex(r"[a-z][a-z0-9-]{0,8}(\.[a-z]{2,6}){1,3}", fullmatch=True), max_size=12))
def test_a_plain_list_of_names_is_taken_line_by_line(names):
    assert entries(Format.DOMAINS, "\n".join(names)) == [
        (number, "name", name) for number, name in enumerate(names, 1)
    ]


def test_lines_that_no_reader_should_see_keep_the_numbers_of_the_others():
    text = f"\ufeffa.example\n{'x' * (MAX_LINE + 1)}\nb\ufffd.example\nc.example\n# caf\ufffd\n"

    assert complaints(Format.DOMAINS, text) == [(2, "line too long"), (3, "not UTF-8 text")]
    assert [item.line for item in says(Format.DOMAINS, text)] == [1, 2, 3, 4]


def test_windows_line_ends_are_no_part_of_a_name():
    assert entries(Format.DOMAINS, "a.example\r\nb.example\r\n") == [
        (1, "name", "a.example"),
        (2, "name", "b.example"),
    ]


@pytest.mark.parametrize("form", READERS, ids=lambda form: form.value)
@pytest.mark.timeout(100)
def test_no_line_costs_more_than_its_length(form):
    for piece in (
        "#",
        "1",
        "a.",
        "::",
        "||",
        "\\",
        '"',
        "(",
        "/",
        "%",
        "1s",
        "a,",
        "@@",
        "-",
        "$",
        "*.",
        "\t",
        " ",
    ):
        line = piece * (60_000 // len(piece))
        assert list(read(form, [line + "!", "x " + line])) is not None
        guess_format([line + "!", line])
