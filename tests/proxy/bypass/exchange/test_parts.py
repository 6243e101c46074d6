import pytest

from proxy.bypass.exchange.parts import Parts, several_parts
from tests.fakes.exchanges import answered, shipped, techniques

TYPE = "multipart/x-mixed-replace; boundary=frame"
OPENED = {"sec-fetch-dest": "document"}
JPEG = b"\xff\xd8\xff\xe0" + bytes(range(256)) * 40
URL = "https://camera.example.org/video"


def part(type_: str, body: bytes = JPEG, before: str = "--frame") -> bytes:
    head = f"Content-Type: {type_}\r\n" if type_ else ""
    return f"{before}\r\n{head}Content-Length: {len(body)}\r\n\r\n".encode() + body + b"\r\n"


PICTURES = part("image/jpeg") * 3
PAGE = part("text/html", b"<h1>Hello</h1>")


@pytest.mark.parametrize(
    ("type_", "body", "asked_with"),
    [
        pytest.param(TYPE, PICTURES, OPENED, id="a camera's pictures"),
        pytest.param(TYPE, b"\r\n" + PICTURES + b"--frame--\r\n", OPENED, id="with an end"),
        pytest.param(TYPE + '; charset="x"', part("image/png; x=y"), OPENED, id="other pictures"),
        pytest.param(
            "multipart/x-mixed-replace;boundary=--frame", part("Image/JPEG", before="--frame"), OPENED,
            id="dashes told",
        ),
        pytest.param('multipart/x-mixed-replace; boundary="frame"', PICTURES, OPENED, id="quoted"),
        pytest.param(TYPE, PAGE, {"sec-fetch-dest": "image"}, id="shown as a picture"),
        pytest.param(TYPE, PAGE, {"sec-fetch-dest": "empty"}, id="read by a script"),
        pytest.param(TYPE, PAGE, {"accept": "*/*"}, id="read by a program"),
        pytest.param("multipart/mixed; boundary=frame", PAGE, OPENED, id="another type"),
        pytest.param("text/html", PAGE, OPENED, id="a page"),
    ],
)  # fmt: skip
def test_pictures_pass_and_so_does_what_nobody_opens_as_a_page(type_, body, asked_with):
    assert techniques(several_parts, answered(URL, type_, body, asked_with=asked_with)) == []


@pytest.mark.parametrize(
    ("type_", "body", "asked_with"),
    [
        pytest.param(TYPE, PAGE, OPENED, id="a page"),
        pytest.param(TYPE, PAGE, {"sec-fetch-dest": "iframe"}, id="a page in a frame"),
        pytest.param(TYPE, PAGE, {"accept": "text/html,*/*;q=0.8"}, id="a page, without Sec-Fetch"),
        pytest.param(TYPE, PICTURES + PAGE, OPENED, id="after pictures"),
        pytest.param(TYPE, part("image/svg+xml"), OPENED, id="pictures that run scripts"),
        pytest.param(TYPE, part(""), OPENED, id="without a type"),
        pytest.param(TYPE, part("image/png\r\nContent-Type: text/html"), OPENED, id="with two types"),
        pytest.param(TYPE, b"<h1>Hello</h1>" + PICTURES, OPENED, id="before the first part"),
        pytest.param(TYPE, b"--frame\r\nX: " + b"y" * 9000, OPENED, id="fields without end"),
        pytest.param("multipart/x-mixed-replace", PICTURES, OPENED, id="no boundary"),
        pytest.param(TYPE + "; boundary=other", PICTURES, OPENED, id="two boundaries"),
        pytest.param("multipart/x-mixed-replace; boundary=--", PICTURES, OPENED, id="nothing but dashes"),
    ],
)
def test_what_is_opened_as_a_page_and_is_no_picture_is_refused(type_, body, asked_with):
    assert techniques(several_parts, answered(URL, type_, body, asked_with=asked_with)) == ["fault.coding"]


@pytest.mark.parametrize("size", [1, 7, 512])
@pytest.mark.parametrize(("last", "expected"), [(b"", 0), (PAGE, 1)])
def test_parts_are_told_in_whatever_pieces_they_come(size, last, expected):
    body, detector, found = b"\r\n" + PICTURES + last, Parts(), []
    for at in range(0, len(body), size):
        found += detector(answered(URL, TYPE, body[at : at + size], asked_with=OPENED), shipped())
        if found:
            break
    assert len(found) == expected
