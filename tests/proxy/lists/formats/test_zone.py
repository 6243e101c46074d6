"""Zone files: records, over several lines and under an origin."""

from proxy.lists.formats.entry import Complaint
from proxy.lists.formats.zone import Record, records


def read(text):
    return [
        (item.line, item.owner, item.kind, item.data)
        if isinstance(item, Record)
        else (item.line, item.why.value)
        for item in records(text.splitlines())
    ]


def test_fields_may_stand_in_any_usual_order():
    text = "a IN CNAME .\nb 300 CNAME .\nc 1h IN CNAME .\nd IN 1w2d CNAME .\n"

    assert read(text) == [(n, owner, "CNAME", ".") for n, owner in enumerate("abcd", 1)]


def test_a_record_in_brackets_goes_on_over_lines_and_each_line_is_accounted_for():
    text = "@ SOA a. b. ( 1 ; serial\n 2 3\n 4 5 )\nx.example CNAME .\n"

    assert read(text) == [
        (2, "zone record"),
        (3, "zone record"),
        (1, "", "SOA", "a. b. 1 2 3 4 5"),
        (4, "x.example", "CNAME", "."),
    ]


def test_an_indented_record_belongs_to_the_owner_above():
    assert read('x CNAME .\n  TXT "a b"\n') == [(1, "x", "CNAME", "."), (2, "x", "TXT", '"a b"')]


def test_names_are_given_relative_to_the_zone():
    text = (
        "$ORIGIN rpz.example.net.\n@ SOA a. b. 1 2 3 4 5\nbad.example CNAME .\n"
        "Worse.Example.rpz.example.net. CNAME .\n$ORIGIN org.rpz.example.net.\nlast CNAME .\n"
    )

    assert read(text)[1:] == [
        (2, "", "SOA", "a. b. 1 2 3 4 5"),
        (3, "bad.example", "CNAME", "."),
        (4, "worse.example", "CNAME", "."),
        (5, "zone record"),
        (6, "last.org", "CNAME", "."),
    ]


def test_what_lies_outside_the_zone_is_reported():
    text = "$ORIGIN rpz.example.net.\n@ SOA a. b. 1 2 3 4 5\nbad.example.org. CNAME .\n"

    assert read(text)[2] == (3, "cannot be read")


def test_an_open_bracket_and_an_unknown_directive_are_reported():
    assert read("$INCLUDE other\nx CNAME ( .\n") == [(1, "other setting"), (2, "cannot be read")]


def test_comments_and_blank_lines_say_nothing():
    assert read("; a\n\n   ; b\n") == []


def test_a_complaint_names_the_first_line_of_a_broken_record():
    (item,) = records(["x CNAME ( ."])

    assert isinstance(item, Complaint)
    assert item.detail == "its bracket ( is never closed"


def test_a_long_field_of_digits_costs_no_more_than_its_length():
    assert read("x " + "1" * 60_000 + "! CNAME .\n") == [(1, "x", "1" * 60_000 + "!", "CNAME .")]
