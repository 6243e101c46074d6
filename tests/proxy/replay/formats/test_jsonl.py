import json
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proxy.replay.errors import WrongRow
from proxy.replay.formats import jsonl
from proxy.replay.formats.jsonl import read_jsonl, read_row
from proxy.replay.rows import Complaint, Told, Truth, Who
from recorded_rows import write_rows

REQUEST = {"id": "r-1", "url": "https://a.example/", "client": {"role": "student", "ip": "10.1.32.9"}}
QUESTION = {"id": "d-1", "qname": "a.example"}
OPENING = {"id": "t-1", "port": 443, "dst": "192.0.2.1", "first_bytes_hex": "16"}


def read(row):
    return read_row(json.dumps(row).encode(), 4, lambda destination: False)


@pytest.mark.parametrize(
    ("row", "kind"),
    [
        pytest.param(REQUEST, "requests", id="url"),
        pytest.param({"method": "GET", "host": "a.example"}, "requests", id="method"),
        pytest.param(
            {**REQUEST, "sni": "b.example", "port": 8443}, "requests", id="a request with a handshake"
        ),
        pytest.param(REQUEST | {"form": "stream"}, "handshakes and streams", id="a stream inside TLS"),
        pytest.param(QUESTION, "DNS", id="qname"),
        pytest.param(QUESTION | {"url": "https://a.example/"}, "DNS", id="qname goes first"),
        pytest.param(OPENING, "handshakes and streams", id="first octets"),
        pytest.param({"sni": "a.example"}, "handshakes and streams", id="sni alone"),
        pytest.param({"url": "https://a b/"}, "requests", id="a URL that cannot be read"),
    ],
)
def test_the_kind_is_told_from_the_fields(row, kind):
    assert read(row).row.kind == kind


def test_client_and_labels_are_read_apart():
    told = read({**REQUEST, "label": "bypass", "technique": "a.b", "expect": "block", "unknown": [1]})
    assert told.truth == Truth(True, "a.b", "block")
    assert told.row.who == Who("student", "10.1.32.9")
    assert told == Told(read(REQUEST).row, told.truth)


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({}, id="with labels"),
        pytest.param(dict.fromkeys(("label", "technique", "expect", "note", "difficulty")), id="without"),
        pytest.param(
            {"label": "benign", "technique": "x", "expect": "allow", "note": "y"}, id="other labels"
        ),
        pytest.param({"label": 3, "technique": [], "expect": {}}, id="labels of another type"),
        pytest.param({"inner_url": "https://blocked.example/", "tool": "t", "source": "s"}, id="hints"),
    ],
)
@pytest.mark.parametrize("row", [REQUEST, QUESTION, OPENING], ids=["request", "DNS", "connection"])
def test_what_somebody_wrote_about_a_row_is_no_part_of_it(row, change):
    labelled = {**row, "label": "bypass", "technique": "a.b", "expect": "block", **change}
    assert read(labelled).row == read(row).row


@pytest.mark.parametrize(
    ("row", "client", "at", "together"),
    [
        pytest.param({}, "row 4", 4.0, "", id="by itself"),
        pytest.param({"client": {"ip": "10.1.0.1"}}, "10.1.0.1", 4.0, "", id="an address"),
        pytest.param(
            {"client": {"ip": "10.1.0.1"}, "seq": 2}, "client 10.1.0.1", 2.0, "client 10.1.0.1", id="moments"
        ),
        pytest.param({"session": "s", "seq": 1.5}, "session s", 1.5, "session s", id="a session"),
        pytest.param({"session": 7, "client": {"ip": "10.1.0.1"}}, "session 7", 4.0, "session 7", id="both"),
    ],
)
def test_what_tells_one_client_from_another(row, client, at, together):
    told = read({**QUESTION, **row}).row
    question = told.seen[0]
    assert (question.client, question.at, told.together) == (client, at, together)


def test_a_row_without_an_id_is_called_by_its_line():
    assert read({"qname": "a.example"}).row.id == "line-4"
    assert read({"qname": "a.example", "id": 12}).row.id == "12"


@pytest.mark.parametrize(
    ("line", "field", "wrong", "hint"),
    [
        pytest.param(
            "{",
            "",
            "the line is no JSON: Expecting property name enclosed in double quotes, column 2",
            "one object a line",
            id="no JSON",
        ),
        pytest.param(
            "[1]", "", "the line is no JSON object", 'one object a line, in braces: {"url": ...}', id="list"
        ),
        pytest.param(
            '{"id": 1}', "", "nothing in the row says what it is about", jsonl.EXAMPLE, id="nothing"
        ),
        pytest.param(
            '{"qname": null}', "", "nothing in the row says what it is about", jsonl.EXAMPLE, id="null"
        ),
        pytest.param('{"qname": 3}', "qname", "it is 3", "a text in quotes", id="a field's type"),
        pytest.param('{"port": 70000}', "port", "it is 70000", "a number from 0 to 65535", id="a number"),
        pytest.param("[" * 100_000, "", "the line is no JSON", "one object a line", id="nested"),
        pytest.param(
            '{"port": ' + "9" * 5000 + "}", "", "the line is no JSON", "one object a line", id="huge"
        ),
        pytest.param(
            '{"qname": "a", "client": "b"}', "client", "it is 'b'", "an object in braces", id="an object"
        ),
    ],
)
def test_a_wrong_row_is_named_and_the_others_are_read(tmp_path, line, field, wrong, hint):
    first, second, third = read_jsonl(write_rows(tmp_path, QUESTION, line, REQUEST), lambda d: False)
    assert second == Complaint(2, field, wrong, hint)
    assert [first.row.id, third.row.id] == ["d-1", "r-1"]
    assert third.row.line == 3


def test_empty_lines_and_a_byte_order_mark_are_nothing(tmp_path):
    file = tmp_path / "rows.jsonl"
    file.write_bytes(
        b"\xef\xbb\xbf" + json.dumps(QUESTION).encode() + b"\r\n\n  \n" + json.dumps(REQUEST).encode()
    )
    assert [told.row.line for told in read_jsonl(file, lambda d: False)] == [1, 4]


def test_octets_that_are_no_text_are_named(tmp_path):
    file = tmp_path / "rows.jsonl"
    file.write_bytes(b'{"qname": "\xff"}\n')
    assert list(read_jsonl(file, lambda d: False)) == [
        Complaint(1, "", "octet 12 of the line is no UTF-8", "")
    ]


def test_a_line_without_end_is_passed_over(tmp_path, monkeypatch):
    monkeypatch.setattr(jsonl, "MAX_LINE", 100)
    found = list(
        read_jsonl(write_rows(tmp_path, QUESTION, "x" * 1000, REQUEST | {"host": ""}), lambda d: False)
    )
    assert found[1] == Complaint(2, "", "the line is longer than 100 octets", "")
    assert found[2].line == 3 if isinstance(found[2], Complaint) else found[2].row.line == 3


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
WORDS = """
qname qtype url method form headers host port dst sni alpn ech websocket answers rcode client session seq
response first_bytes_hex transport request_body id resolver_answer_for_sni tls_cert_sans label expect
"""
NAMES = st.sampled_from(WORDS.split())


@given(st.dictionaries(NAMES, JSON, max_size=6))
def test_no_row_raises_anything_but_what_it_says(row):
    try:
        told = read_row(json.dumps(row).encode(), 1, lambda destination: False)
    except WrongRow:
        return
    assert told.row.seen or told.row.trouble


@given(st.binary(max_size=60))
def test_no_octets_raise_anything_but_what_it_says(octets):
    with suppress(WrongRow):
        read_row(octets, 1, lambda destination: False)
