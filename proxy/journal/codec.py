"""How does an event look in bytes? Its constant parts as one blob, its client as another.

A resolver answers the same question from the same group over and over: all that such events share
is packed once (`Template`), and a row of the spool then only names it.
"""

import json
from dataclasses import dataclass
from functools import lru_cache
from typing import NewType

from proxy.decision.request import Stage
from proxy.decision.verdict import Action, Handling, Reason
from proxy.journal.event import VERSION, Event

Template = NewType("Template", bytes)
ClientTag = NewType("ClientTag", bytes)
_spell = json.JSONEncoder(separators=(",", ":")).encode


class CodecError(ValueError):
    """Bytes that are no event of a version we know; the message says why."""


@dataclass(frozen=True, slots=True)
class Constants:
    """What a template holds: an event without id, time, gateway, worker, client, subject, duration."""

    stage: Stage
    group: str
    host: str
    url: str
    referring_host: str
    method: str
    category: str
    action: Action
    reason: Reason
    list_id: str
    rule: str
    base: int
    overlay: int
    ticket: str
    bytes: int
    handling: Handling


def pack_template(event: Event) -> Template:
    """Pack an event's constant parts; a few microseconds."""
    values = [
        VERSION,
        event.stage.value,
        event.group,
        event.host,
        event.url,
        event.referring_host,
        event.method,
        event.category,
        event.action.value,
        event.reason.value,
        event.list_id,
        event.rule,
        event.base,
        event.overlay,
        event.ticket,
        event.bytes,
        event.handling.value,
    ]
    return Template(_spell(values).encode("ascii"))


@lru_cache(maxsize=4096)
def unpack_template(blob: bytes) -> Constants:
    """Read what `pack_template` wrote; remembers the last few thousand, which recur in a spool.

    Raises CodecError.
    """
    try:
        values = json.loads(blob)
        version, stage, *middle = values
        if version != VERSION:
            raise CodecError(f"an event of version {version}; this program reads version {VERSION}")
        group, host, url, referring, method, category, action, reason, list_id, rule, *last = middle
        base, overlay, ticket, bytes_, handling = last
        _expect(str, group, host, url, referring, method, category, list_id, rule, ticket)
        _expect(int, base, overlay, bytes_)
        return Constants(
            Stage(stage), group, host, url, referring, method, category, Action(action), Reason(reason),
            list_id, rule, base, overlay, ticket, bytes_, Handling(handling),
        )  # fmt: skip
    except CodecError:
        raise
    except (ValueError, TypeError, RecursionError) as error:
        raise CodecError(f"no event: {type(error).__name__}") from error


def client_tag(client: str, pseudonym: str) -> ClientTag:
    """Pack who asked; callers keep the result beside the client's address."""
    return ClientTag(f"{client}\0{pseudonym}".encode("utf-8", "surrogatepass"))


def unpack_tag(blob: bytes) -> tuple[str, str]:
    """Read the client's address and the subject's pseudonym.

    Raises CodecError.
    """
    try:
        client, _, pseudonym = blob.decode("utf-8", "surrogatepass").partition("\0")
    except UnicodeDecodeError as error:
        raise CodecError("a client tag is UTF-8") from error
    return client, pseudonym


def _expect(kind: type, *values: object) -> None:
    for value in values:
        if type(value) is not kind:
            raise CodecError(f"a value should be of type {kind.__name__}, found {type(value).__name__}")
