"""One list file, read with what would do harm taken out."""

from dataclasses import replace

import pytest

from list_world import small_catalogue, source
from proxy.decision.listing import ListingKind
from proxy.lists.errors import CompileFailed
from proxy.lists.formats import Complaint, Entry, Exemption, Format, Why, complain
from proxy.lists.reading import Tally, read_file
from proxy.lists.suffixes import public_suffixes
from proxy.lists.tree import files_of


def read(listed):
    (file,) = files_of(listed, small_catalogue())
    return [
        (item.line, item.why) if isinstance(item, Complaint) else (item.line, item.text)
        for item in read_file(file, public_suffixes())
    ]


def test_a_bare_or_public_suffix_is_refused_and_a_private_one_is_taken(tmp_path):
    text = "com\nco.uk\nduckdns.org\nexample.co.uk\nintranet\n"

    assert read(source(tmp_path, "x", text)) == [
        (1, Why.PUBLIC_SUFFIX),
        (2, Why.PUBLIC_SUFFIX),
        (3, "duckdns.org"),
        (4, "example.co.uk"),
        (5, Why.PUBLIC_SUFFIX),
    ]


def test_allow_lists_and_exceptions_may_name_a_suffix(tmp_path):
    assert read(replace(source(tmp_path, "x", "edu\n"), allow=True)) == [(1, "edu")]
    assert read(source(tmp_path, "y", "||edu^\n@@||gov^\n", form=Format.ADBLOCK)) == [
        (1, Why.PUBLIC_SUFFIX),
        (2, "gov"),
    ]


def test_an_expression_that_cannot_be_used_is_refused(tmp_path):
    assert read(source(tmp_path, "x", "(a\n(b)\n", form=Format.EXPRESSIONS)) == [
        (1, Why.EXPRESSION),
        (2, "(b)"),
    ]


def test_a_list_that_is_not_utf_8_loses_only_those_lines(tmp_path):
    listed = source(tmp_path, "x", "")
    listed.path.write_bytes(b"a.example\nb\xfccher.example\nc.example\n")

    assert read(listed) == [(1, "a.example"), (2, Why.NOT_TEXT), (3, "c.example")]


def test_lines_may_end_as_on_other_systems(tmp_path):
    listed = source(tmp_path, "x", "")
    listed.path.write_bytes(b"a.example\r\nb.example\rc.example\nd.example\r\n")

    assert read(listed) == [(1, "a.example"), (2, "b.example"), (3, "c.example"), (4, "d.example")]


def test_a_suffix_among_many_names_is_refused_where_it_stands(tmp_path):
    names = [f"n{number}.example" for number in range(1000)]
    lines = [*names, "co.uk", "anything.kawasaki.jp", "city.kawasaki.jp"]

    assert read(source(tmp_path, "x", "\n".join(lines)))[999:] == [
        (1000, "n999.example"),
        (1001, Why.PUBLIC_SUFFIX),
        (1002, Why.PUBLIC_SUFFIX),
        (1003, "city.kawasaki.jp"),
    ]


def test_a_file_that_cannot_be_read_stops_everything(tmp_path):
    listed = replace(source(tmp_path, "x", ""), path=tmp_path / "gone.txt")

    with pytest.raises(CompileFailed, match=r"gone\.txt: the list x cannot be read: No such file"):
        read(listed)


def test_a_tally_accounts_for_every_line():
    tally = Tally()
    tally.took(Entry(1, ListingKind.NAME, "a.example"))
    tally.took(Entry(1, ListingKind.NAME, "b.example"))
    tally.left(complain(1, Why.NOT_A_NAME, "c..", ""))
    tally.left(complain(2, Why.PUBLIC_SUFFIX, "com", ""))
    tally.took(Entry(3, ListingKind.URL, "a.example/x"))
    tally.took(Entry(4, ListingKind.ADDRESS, "192.0.2.7", exemption=Exemption.SPECIFIC))

    assert tally.counts() == {
        "entries": 4,
        "taken": 3,
        "names": 2,
        "urls": 1,
        "addresses": 0,
        "expressions": 0,
        "exceptions": 1,
    }
    assert (tally.refused, tally.in_part) == (1, 1)
