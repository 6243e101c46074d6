"""How does an event look in bytes? Its constant parts as one blob, its client as another.

A resolver answers the same question from the same group over and over: all that such events share
is packed once (`Template`), and a row of the spool then only names it. For a question that was never
asked, the parts that come from the view and from the verdict (`opening`, `ending`) may be kept too.
"""

import json
from dataclasses import dataclass
from functools import lru_cache
from json.encoder import encode_basestring_ascii as _quoted
from typing import NewType

from proxy.decision.request import Stage
from proxy.decision.verdict import Action, Handling, Reason, Verdict
from proxy.journal.event import VERSION, Event

Template = NewType("Template", bytes)
ClientTag = NewType("ClientTag", bytes)

MOST_FIELDS = 17
"""Behind the version; without signs there is one less."""


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
    signs: str = ""


def opening(stage: Stage, group: str, signs: str = "") -> str:
    """The part of a template that events of one stage and group share. Signs, if there are any, stand here
    because what stands behind is found by counting from the end."""
    seen = f"{_quoted(signs)}," if signs else ""
    return f'[{VERSION},{seen}"{stage.value}",{_quoted(group)},'


def ending(
    verdict: Verdict | Event, category: str, list_id: str, rule: str, ticket: str = "", bytes_: int = 0
) -> str:
    """The part of a template that events of one verdict share."""
    return (
        f',{_quoted(category)},"{verdict.action.value}","{verdict.reason.value}",{_quoted(list_id)},'
        f"{_quoted(rule)},{verdict.base:d},{verdict.overlay:d},{_quoted(ticket)},{bytes_:d},"
        f'"{verdict.handling.value}"]'
    )


def ending_of(verdict: Verdict) -> str:
    """The part of a template that events of one verdict share, where no page was shown and nothing sent."""
    evidence = verdict.evidence
    return ending(verdict, evidence.category, evidence.list_id, evidence.rule)


def name_template(opening: str, host: str, method: str, ending: str) -> Template:
    """Pack the constant parts of an event about a host alone; less than a microsecond."""
    return Template(f'{opening}{_quoted(host)},"","",{_quoted(method)}{ending}'.encode("ascii"))


def around_url(
    opening: str, host: str, referring_host: str, method: str, ending: str
) -> tuple[str, str, str]:
    """What stands in the template of an event about a page before its URL, between that and the number of
    bytes, and behind that number.

    ending   of its verdict, with no bytes
    """
    head, handling = ending.rsplit(",", 1)
    behind = f",{_quoted(referring_host)},{_quoted(method)}{head[:-1]}"
    return f"{opening}{_quoted(host)},", behind, f",{handling}"


def page_template(around: tuple[str, str, str], url: str, bytes_: int) -> Template:
    """Pack the constant parts of an event about a page, of which `around_url` says the rest."""
    before, middle, behind = around
    return Template(f"{before}{_quoted(url)}{middle}{bytes_:d}{behind}".encode("ascii"))


def pack_template(event: Event) -> Template:
    """Pack an event's constant parts; a few microseconds."""
    middle = ",".join(map(_quoted, (event.host, event.url, event.referring_host, event.method)))
    last = ending(event, event.category, event.list_id, event.rule, event.ticket, event.bytes)
    return Template(f"{opening(event.stage, event.group, event.signs)}{middle}{last}".encode("ascii"))


def at_revision(template: Template, base: int, overlay: int) -> Template:
    """The template of the same event under other revisions of the policy, where no page was shown."""
    head, _, _, ticket, bytes_, handling = template.rsplit(b",", 5)
    return Template(b"%b,%d,%d,%b,%b,%b" % (head, base, overlay, ticket, bytes_, handling))


def around_bytes(template: Template) -> tuple[bytes, bytes]:
    """What stands before and behind the number of bytes in a template that was packed with none."""
    end = template.rindex(b",")
    begin = template.rindex(b",", 0, end) + 1
    return template[:begin], template[end:]


@lru_cache(maxsize=4096)
def unpack_template(blob: bytes) -> Constants:
    """Read what `pack_template` wrote; remembers the last few thousand, which recur in a spool.

    Raises CodecError.
    """
    try:
        values = json.loads(blob)
        version, *middle = values
        if version != VERSION:
            raise CodecError(f"an event of version {version}; this program reads version {VERSION}")
        signs = middle.pop(0) if len(middle) == MOST_FIELDS else ""
        stage, group, host, url, referring, method, category, action, reason, list_id, rule, *last = middle
        base, overlay, ticket, bytes_, handling = last
        _expect(str, signs, group, host, url, referring, method, category, list_id, rule, ticket)
        _expect(int, base, overlay, bytes_)
        return Constants(
            Stage(stage), group, host, url, referring, method, category, Action(action), Reason(reason),
            list_id, rule, base, overlay, ticket, bytes_, Handling(handling), signs,
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
