import pytest

from proxy.replay.errors import WrongRow
from proxy.replay.formats.fields import Fields

DATA = {
    "text": "a\ud800b",
    "number": 7,
    "digits": "443",
    "huge": 10**30,
    "yes": True,
    "nothing": None,
    "hex": "16AF",
    "odd": "16A",
    "list": ["a", "b"],
    "object": {"status": "x", "list": [{"a": 1}, "bare"]},
    "headers": {"Host": "a.example", "Set-Thing": ["1", "2"], "length": 12, "none": None},
    "pairs": [["Host", "a.example"], ["Host", "b.example"]],
    "body": "hex:00ff",
}
FIELDS = Fields(DATA)


@pytest.mark.parametrize(
    ("read", "found"),
    [
        pytest.param(lambda f: f.text("text"), "a?b", id="half a pair is replaced"),
        pytest.param(lambda f: f.text("nothing", "else"), "else", id="null is not written"),
        pytest.param(lambda f: f.number("digits", 0, 0, 65535), 443, id="digits in quotes"),
        pytest.param(lambda f: f.number("nothing", 9, 0, 10), 9, id="default number"),
        pytest.param(lambda f: f.flag("yes"), True, id="flag"),
        pytest.param(lambda f: f.flag("nothing"), False, id="no flag"),
        pytest.param(lambda f: f.moment("number"), 7.0, id="moment"),
        pytest.param(lambda f: f.moment("nothing"), None, id="no moment"),
        pytest.param(lambda f: f.octets("hex", 10), b"\x16\xaf", id="octets"),
        pytest.param(lambda f: f.octets("hex", 1), b"\x16", id="so many octets at most"),
        pytest.param(lambda f: f.body("body", 10), b"\x00\xff", id="a body in hexadecimal"),
        pytest.param(lambda f: f.body("hex", 10), b"16AF", id="a body as text"),
        pytest.param(lambda f: f.texts("list"), ("a", "b"), id="texts"),
        pytest.param(lambda f: f.texts("hex"), ("16AF",), id="a text alone"),
        pytest.param(lambda f: f.words("number"), ("7",), id="a number among words"),
        pytest.param(lambda f: f.pairs("pairs"), (("host", "a.example"), ("host", "b.example")), id="pairs"),
        pytest.param(
            lambda f: f.pairs("headers"),
            (("host", "a.example"), ("set-thing", "1"), ("set-thing", "2"), ("length", "12")),
            id="headers",
        ),
        pytest.param(lambda f: [x.text("") for x in f.inner("object").several("none")], [], id="no list"),
    ],
)
def test_a_field_is_read_with_its_type(read, found):
    assert read(FIELDS) == found


@pytest.mark.parametrize(
    ("read", "field", "wrong", "hint"),
    [
        pytest.param(lambda f: f.text("number"), "number", "it is 7", "a text in quotes", id="text"),
        pytest.param(
            lambda f: f.number("text", 0, 0, 9), "text", "it is 'a?b'", "a number from 0 to 9", id="number"
        ),
        pytest.param(
            lambda f: f.number("yes", 0, 0, 9), "yes", "it is True", "a number from 0 to 9", id="no flag"
        ),
        pytest.param(
            lambda f: f.number("huge", 0, 0, 9),
            "huge",
            "it is 1000000000000000000000000000000",
            "a number from 0 to 9",
            id="huge",
        ),
        pytest.param(lambda f: f.moment("list"), "list", "it is ['a', 'b']", "a number", id="moment"),
        pytest.param(lambda f: f.flag("number"), "number", "it is 7", "true or false", id="flag"),
        pytest.param(
            lambda f: f.octets("odd", 9),
            "odd",
            "it is '16A'",
            "pairs of hexadecimal digits, such as 16030100",
            id="half an octet",
        ),
        pytest.param(lambda f: f.texts("number"), "number", "it is 7", "a list of texts", id="texts"),
        pytest.param(
            lambda f: f.inner("object").number("status", 0, 0, 999),
            "object.status",
            "it is 'x'",
            "a number from 0 to 999",
            id="a field inside names the whole way",
        ),
        pytest.param(
            lambda f: f.inner("list"), "list", "it is ['a', 'b']", "an object in braces", id="object"
        ),
        pytest.param(
            lambda f: list(f.several("number")), "number", "it is 7", "a list of objects", id="objects"
        ),
        pytest.param(
            lambda f: f.pairs("object"),
            "object.list",
            "it is {'a': 1}",
            "a text, or a list of texts",
            id="header",
        ),
    ],
)
def test_a_field_that_is_something_else_is_named_with_what_would_be_right(read, field, wrong, hint):
    with pytest.raises(WrongRow) as raised:
        read(FIELDS)
    assert (raised.value.field, raised.value.wrong, raised.value.hint) == (field, wrong, hint)


def test_a_long_value_is_cut_in_the_message():
    with pytest.raises(WrongRow) as raised:
        Fields({"port": "9" * 5000}).number("port", 0, 0, 65535)
    assert len(raised.value.wrong) < 60
