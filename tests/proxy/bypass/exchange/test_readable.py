import pytest
from hypothesis import given
from hypothesis import strategies as st

from proxy.bypass.exchange.readable import MAX_TITLE, in_octets, readable, title_of


def numbered(text: str) -> bytes:
    return "".join(f"&#{ord(letter)};" for letter in text).encode()


def test_letters_written_as_numbers_are_letters_again():
    assert readable(b"<h1>" + numbered("Unblocked games") + b"</h1>") == b"<h1>Unblocked games</h1>"
    assert readable(b"".join(b"&#x%02x" % octet for octet in b"Ultraviolet..")) == b"Ultraviolet.."


def test_what_nobody_sees_between_letters_is_taken_out():
    hidden = "".join(f"{letter}&shy;\u00ad&#8203;" for letter in "Ultraviolet").encode()
    assert readable(hidden) == b"Ultraviolet"


def test_escapes_of_scripts_are_undone():
    name = "__uv$config.bundle"
    for written in (r"\x{:02x}", r"\u00{:02x}", r"\u{{{:02x}}}"):
        script = "self['" + "".join(written.format(ord(letter)) for letter in name) + "']"
        assert readable(script.encode(), is_page=False) == f"self['{name}']".encode()


def test_a_single_one_is_undone_and_letters_of_no_mark_stay():
    assert readable(b"caf&#233; &#65; &#00000000000066;") == b"caf&#233; A B"
    assert (
        readable(rb"self.__u\u0076$config, \u{0000076}, \u00e9", is_page=False)
        == rb"self.__uv$config, v, \u00e9"
    )


@pytest.mark.parametrize(
    ("written", "read"),
    [
        pytest.param(b"__uv$\x1b(Bconfig", b"__uv$config", id="a change to ASCII, in ASCII"),
        pytest.param(b"__uv\x1b(J$con\x1b(Bfig", b"__uv$config", id="a change to Roman letters and back"),
        pytest.param("\u6f22 __uv$config".encode("utf-16-le") * 2, b"__uv$config", id="UTF-16, late to tell"),
        pytest.param(b"<p>Unbl\0ocked", b"<p>Unblocked", id="zeros, which pages are shown without"),
    ],
)
def test_what_browsers_drop_is_dropped(written, read):
    assert read in readable(written)


def test_a_script_keeps_its_references():
    assert readable(numbered("Unblocked games"), is_page=False) == numbered("Unblocked games")


@pytest.mark.parametrize(
    ("page", "expected"),
    [
        pytest.param(b"<title>Home</title>", b"Home", id="plain"),
        pytest.param(b"<TITLE id='t'>\n Home \n</TITLE>", b"Home", id="with blanks"),
        pytest.param(b"<title>" + numbered("Uv") + b"</title>", b"Uv", id="numbered"),
        pytest.param(b"<title></title>", b"", id="empty"),
        pytest.param(b"<p>none</p>", b"", id="none"),
        pytest.param(b"<title>" + b"x" * 900, b"x" * MAX_TITLE, id="long and open"),
    ],
)
def test_the_title_of_a_page(page, expected):
    assert title_of(page) == expected


@given(st.binary(max_size=400).map(lambda body: body + b"&#x41;" * 9 + b"\\x41" * 12))
def test_nothing_grows_and_nothing_raises(body):
    assert len(readable(body)) <= len(body)
    assert len(title_of(body)) <= MAX_TITLE


TEXT = "self.__uv$config = {}; // \u00e9"


@pytest.mark.parametrize("code", ["utf-16", "utf-16-le", "utf-16-be"])
def test_utf_16_is_read_with_a_mark_and_without(code):
    assert in_octets(TEXT.encode(code)).lstrip(b"\xff") == TEXT.encode("latin-1")


@pytest.mark.parametrize(
    "body", [b"", b"a", b"self.x = 1", b"\0asm\1\0\0\0" * 9, b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"]
)
def test_what_is_no_utf_16_stays(body):
    assert in_octets(body) == body


@given(st.binary(max_size=200))
def test_in_octets_never_grows_nor_raises(body):
    assert len(in_octets(body)) <= len(body)
