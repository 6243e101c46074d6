"""What does a row about a DNS question say?"""

from proxy.bypass.observed import Question, Record, Transport
from proxy.decision.names import NameProblem, canonical_host, is_address
from proxy.dns.errors import Malformed
from proxy.dns.labels import host_of, to_wire
from proxy.dns.messages import type_name
from proxy.replay.errors import WrongRow
from proxy.replay.formats.fields import Fields
from proxy.replay.formats.hosts import address_or_none

MAX_ANSWERS = 64
MAX_QNAME = 1100
"""Characters of a name of 255 octets, were each written as `\\255`, and a few more."""
RCODES = ("NOERROR", "FORMERR", "SERVFAIL", "NXDOMAIN", "NOTIMP", "REFUSED")
_BY_NAME = {
    "dot": Transport.TLS,
    "tls": Transport.TLS,
    "tcp853": Transport.TLS,
    "doq": Transport.QUIC,
    "quic": Transport.QUIC,
    "udp853": Transport.QUIC,
    "doh": Transport.HTTPS,
    "https": Transport.HTTPS,
}


def read_question(row: Fields, client: str, at: float) -> tuple[str, Question, str]:
    """Return the host asked for, the question, and why no host could be read in its name ("" when one could).

    client   tells this client from others
    at       when, in seconds

    Raises WrongRow.
    """
    name = row.text("qname")
    if len(name) > MAX_QNAME:
        raise WrongRow("qname", f"it has {len(name)} characters", "a name has at most 255 octets")
    name = name if name == "." else name.removesuffix(".")
    answers = _answers(row)
    question = Question(
        client=client,
        name=name,
        type=_type(row),
        transport=transport_of(row.text("transport", "udp53")),
        resolver=address_or_none(row.text("dst")) or row.text("dst")[:253],
        at=at,
        answers=answers,
        rcode=_rcode(row, answers),
    )
    host, trouble = host_asked_for(name)
    return host, question, trouble


def host_asked_for(name: str) -> tuple[str, str]:
    """The host that the resolver judges a name as, and why there is none.

    The resolver leaves labels out that no host has, with what stands before them (`host_of`).
    """
    if name in ("", "."):
        return ".", ""
    try:
        host = canonical_host(name)
    except NameProblem:
        pass
    else:
        return host, ""
    try:
        return host_of(to_wire(name)), ""
    except (Malformed, UnicodeEncodeError) as error:
        return "", f"the name cannot be read: {error}"


def transport_of(word: str) -> Transport:
    """What a recording's word for a transport means; a word that says neither is taken for UDP."""
    word = word.lower()
    return _BY_NAME.get(word, Transport.TCP if word.startswith("tcp") else Transport.UDP)


def names_in(record: Record) -> tuple[str, ...]:
    """The canonical name or address that an answer leads to, if it does."""
    words = record.data.split(None, 2)
    at = {"A": 0, "AAAA": 0, "CNAME": 0, "DNAME": 0, "HTTPS": 1, "SVCB": 1}.get(record.type)
    if at is None or len(words) <= at or words[at] == ".":
        return ()
    try:
        host = canonical_host(words[at].removesuffix("."))
    except NameProblem:
        return ()
    return (host,) if is_address(host) == (record.type in ("A", "AAAA")) else ()


def _type(row: Fields) -> str:
    try:
        return type_name(row.number("qtype", 1, 0, 65535))
    except WrongRow:
        word = row.text("qtype").upper()
    if not word.isascii() or not word.isalnum() or len(word) > 16:
        raise WrongRow("qtype", f"it is '{word[:40]}'", "a record type, such as A, TXT or TYPE65280")
    return word


def _answers(row: Fields) -> tuple[Record, ...]:
    found: list[Record] = []
    for said in row.several("answers"):
        if len(found) == MAX_ANSWERS:
            break
        data = said.text("") or " ".join(said.texts("rdata") or said.texts("data"))
        found.append(Record(said.text("type").upper()[:16] or _guessed(data), data[:4096]))
    return tuple(found)


def _guessed(data: str) -> str:
    address = address_or_none(data)
    return "CNAME" if not address else "AAAA" if ":" in address else "A"


def _rcode(row: Fields, answers: tuple[Record, ...]) -> str:
    try:
        number = row.number("rcode", -1, 0, 4095)
    except WrongRow:
        return row.text("rcode").upper()[:16]
    if number < 0:
        return "NOERROR" if answers else ""
    return RCODES[number] if number < len(RCODES) else f"RCODE{number}"
