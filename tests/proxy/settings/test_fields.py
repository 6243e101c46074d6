"""Texts become checked values."""

from datetime import date, time

import pytest
from pydantic import TypeAdapter, ValidationError

from proxy.settings.fields import Address, Clock, Day, Endpoint, Id, Listen, Name, Range


@pytest.mark.parametrize(
    ("kind", "text", "expected"),
    [
        (Name, "Learn.Example.ORG.", "learn.example.org"),
        (Name, "xn--caf-dma.example", "xn--caf-dma.example"),
        (Address, "2001:DB8::1", "2001:db8::1"),
        (Address, "::ffff:192.0.2.1", "192.0.2.1"),
        (Range, "192.0.2.7", "192.0.2.7/32"),
        (Range, "2001:db8::/32", "2001:db8::/32"),
        (Listen, "192.0.2.1:53", Endpoint("192.0.2.1", 53)),
        (Listen, "[::1]:5353", Endpoint("::1", 5353)),
        (Clock, "7:05", time(7, 5)),
        (Clock, "24:00", time(0, 0)),
        (Day, "2028-02-29", date(2028, 2, 29)),
    ],
)
def test_a_text_that_fits(kind: object, text: str, expected: object) -> None:
    assert TypeAdapter(kind).validate_python(text) == expected  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        (Name, ""),
        (Name, "10.0.0.1"),
        (Address, "1.2.3"),
        (Range, "10.0.0.0/33"),
        (Listen, "::1:53"),
        (Listen, "192.0.2.1"),
        (Listen, "192.0.2.1:65536"),
        (Listen, "[192.0.2.1]:53"),
        (Clock, "24:30"),
        (Clock, "1230"),
        (Clock, "12:3"),
        (Day, "2026-02-30"),
        (Day, "1764000000"),
        (Id, "../x"),
        (Id, "-x"),
        (Id, "x" * 65),
    ],
)
def test_a_text_that_does_not_fit(kind: object, text: str) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(kind).validate_python(text)  # type: ignore[arg-type]


def test_an_endpoint_is_written_as_it_is_read() -> None:
    adapter = TypeAdapter(Listen)
    for text in ("192.0.2.1:53", "[2001:db8::1]:443"):
        assert adapter.dump_python(adapter.validate_python(text)) == text
