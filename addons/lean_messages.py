"""Which ways of mitmproxy's with its own messages does a worker shorten?

Each request and each answer that mitmproxy makes has the type of every field looked up and compared, unless
Python runs with `-O`: some 7 % of what a request costs. `-O` would take our assertions with it, so only this
check goes. mypy makes it of our code; mitmproxy's own parsers are the only others to fill these fields.

Each look-up of a header field converts every field's name through three functions, and a request is looked up
in some thirty times, an answer as often. Here a look-up is one loop, with the same result.
"""

from typing import Any

from mitmproxy import http

CHECKS = "__post_init__"


def make_messages_lean() -> None:
    """Shorten both, in this process, once and for all."""
    setattr(http.MessageData, CHECKS, _nothing)
    for name, function in LOOK_UPS.items():
        setattr(http.Headers, name, function)


def _nothing(_: http.MessageData) -> None:
    return


def _key(name: str | bytes) -> bytes:
    if isinstance(name, bytes):
        return name.lower()
    if isinstance(name, str):
        return name.encode("utf-8", "surrogateescape").lower()
    raise TypeError(f"the name of a field is text or octets, not {type(name).__name__}")


def _get_all(headers: http.Headers, name: str | bytes) -> list[str]:
    key = _key(name)
    return [value.decode("utf-8", "surrogateescape") for told, value in headers.fields if told.lower() == key]


def _get(headers: http.Headers, name: str | bytes, default: Any = None) -> Any:
    values = _get_all(headers, name)
    return ", ".join(values) if values else default


def _get_item(headers: http.Headers, name: str | bytes) -> str:
    values = _get_all(headers, name)
    if not values:
        raise KeyError(name)
    return ", ".join(values)


def _contains(headers: http.Headers, name: object) -> bool:
    if not isinstance(name, str | bytes):
        raise TypeError(f"the name of a field is text or octets, not {type(name).__name__}")
    key = _key(name)
    for told, _ in headers.fields:  # noqa: SIM110  (`any` with a generator takes twice as long)
        if told.lower() == key:
            return True
    return False


LOOK_UPS = {"get_all": _get_all, "get": _get, "__getitem__": _get_item, "__contains__": _contains}
