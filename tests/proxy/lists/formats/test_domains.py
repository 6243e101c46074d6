"""Plain lists: one name a line."""

import pytest

from list_world import complaints, entries
from proxy.lists.formats import Format

DOMAINS = Format.DOMAINS


@pytest.mark.parametrize(
    ("line", "name"),
    [
        pytest.param("WWW.Example.ORG.", "www.example.org", id="case and trailing dot"),
        pytest.param("*.example.org", "example.org", id="a star stands for the name and all below it"),
        pytest.param(".example.org", "example.org", id="so does a leading dot"),
        pytest.param("r3---sn-abc.googlevideo.com", "r3---sn-abc.googlevideo.com", id="hyphens anywhere"),
        pytest.param("_ldap._tcp.example", "_ldap._tcp.example", id="underscores"),
        pytest.param("bücher.example", "xn--bcher-kva.example", id="letters beyond ASCII"),
        pytest.param("example.org # a note", "example.org", id="a note behind the name"),
    ],
)
def test_a_name_is_brought_to_its_one_spelling(line, name):
    assert entries(DOMAINS, line) == [(1, "name", name)]


def test_addresses_among_the_names_become_address_entries():
    assert entries(DOMAINS, "192.0.2.7\n2001:DB8::7\n") == [
        (1, "address", "192.0.2.7"),
        (2, "address", "2001:db8::7"),
    ]


def test_comments_and_empty_lines_say_nothing():
    assert entries(DOMAINS, "# a\n! b\n; c\n// d\n\n   \n") == []


@pytest.mark.parametrize(
    "line", ["two names.example", "a/b", "exa mple.org", "<html>", "name\tgames", "*ads.example", "*"]
)
def test_what_is_no_name_is_reported_with_its_line(line):
    assert complaints(DOMAINS, f"\n{line}\n") == [(2, "not a name")]
