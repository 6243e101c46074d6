"""Do the questions of one client below one registered domain, taken together, carry a connection?

State: for each of at most MAX_CLIENTS clients the ZoneRows of at most MAX_ZONES domains and what is counted
over all (`spread`), under 4 KiB together; who has not asked for longest, and the row that is worth least,
make room. A row begins anew when it has rested for REST_S. What ordinary browsing asks (short names, words)
makes no row.

Thresholds are counts of distinct names, not rates, so that a slow tunnel meets them too: later, but
after as many questions. What separates a tunnel from an antivirus of an unknown vendor: lookups of
hashes have one length and one alphabet, share no characters, and are answered "no such name" or 127.x.
"""

from collections import OrderedDict

from proxy.bypass.dns.breadth import is_coded
from proxy.bypass.dns.grammar import is_tunnel_type, spoken
from proxy.bypass.dns.payload import Payload, is_rare, payload_of
from proxy.bypass.dns.spread import Spread
from proxy.bypass.dns.zone_row import BITS, KINDS, ZoneRow
from proxy.bypass.knowledge import Knowledge
from proxy.bypass.observed import Question
from proxy.decision.signs import Consequence, Sign

MAX_CLIENTS = 10_000
MAX_ZONES = 4
REST_S = 3 * 3600
LEAST_CHARS = 6
"""Shorter names carry nothing worth counting."""

MANY_HASHES = 150
"""No device looks up so many hashes below one domain, of which hardly any is answered as lists do."""
MANY_CODES = 40
"""No site has so many names of four or five characters that are no words."""
HASH_LABELS = frozenset({8, 10, 12, 16, 20, 24, 32, 36, 40, 48, 56})
"""Hexadecimal digits of hashes, whole, cut short, or cut in two; 36 has the number of a device."""
MAX_SHARD = 16
"""A picture's number in a host's name has at most so many digits: they carry next to nothing."""
MAIL = frozenset({"MX", "SRV"})
"""What asks for servers of mail and services. Nobody looks hashes up so."""
ECHOES = frozenset({"AAAA", "HTTPS", "SVCB"})
"""What is asked for beside A; the same name for these is no second visit."""

VOLUME, SESSION, SLOW, TYPE = (f"dns.tunnel.{each}" for each in ("volume", "session", "slow", "type"))
_DATA = 1 << KINDS.index("data")

type Verdict = tuple[str, Consequence]


class TunnelWatch:
    """What clients asked lately. The caller owns it, and asks it about each question once."""

    def __init__(self) -> None:
        self._clients: OrderedDict[str, dict[str, ZoneRow]] = OrderedDict()
        self._spread: dict[str, Spread] = {}

    def signs(self, question: Question, knowledge: Knowledge) -> tuple[Sign, ...]:
        """Count a question; return signs when its domain carries a tunnel of this client's.

        Once it does, short names below it are signed too: a tunnel's own polls are short.
        """
        payload = payload_of(question, knowledge)
        if payload is None:
            return ()
        is_counted = _is_counted(payload, question.type)
        if is_counted:
            self._count(question, payload)
        row = self._clients.get(question.client, {}).get(payload.zone)
        if row is not None and not is_counted:
            row.poll(payload)
        if row is None or question.at - row.last > REST_S:
            return ()
        if row.verdict is None or row.verdict[1] is Consequence.LOG:
            over = self._over_zones(question, payload, knowledge)
            if over or row.verdict is None:
                return over
        technique, consequence = row.verdict
        confidence = {Consequence.INCIDENT: 0.97, Consequence.BLOCK: 0.8}.get(consequence, 0.3)
        return (knowledge.sign(technique, confidence, _evidence(question, payload, row), None, consequence),)

    def _count(self, question: Question, payload: Payload) -> None:
        row = self._row(question.client, payload.zone, question.at)
        rare, tunnel, echo = is_rare(question.type), is_tunnel_type(question.type), question.type in ECHOES
        is_new = row.add(payload, question.at, is_rare=rare, is_tunnel=tunnel, is_echo=echo)
        if is_coded(payload):
            spread = self._spread.get(question.client)
            if spread is None or question.at - spread.last > REST_S:
                spread = self._spread[question.client] = Spread(question.at)
            spread.add(payload, question.at, is_rare=rare, is_echo=echo)
        if is_new:
            row.coded_mail += question.type in MAIL and payload.is_encoded
            _note_answer(row, question)
        if is_new and (row.verdict is None or row.verdict[1] is not Consequence.INCIDENT):
            tool, _ = spoken(question, payload)
            row.verdict = (tool, Consequence.INCIDENT) if tool else judged(row) or row.verdict

    def answered(self, question: Question, knowledge: Knowledge) -> None:
        """Take note of the answer to a question that was counted without one."""
        payload = payload_of(question, knowledge)
        rows = self._clients.get(question.client)
        row = rows.get(payload.zone) if rows and payload is not None else None
        if row is None or payload is None or not _is_counted(payload, question.type):
            return
        if row.is_single(payload):
            _note_answer(row, question)

    def _over_zones(self, question: Question, payload: Payload, knowledge: Knowledge) -> tuple[Sign, ...]:
        """Sign data below one of several domains that a client uses in turn."""
        spread = self._spread.get(question.client)
        rare = is_rare(question.type)
        if spread is None or not is_coded(payload):
            return ()
        consequence = spread.verdict(payload, is_rare=rare)
        if consequence is None:
            return ()
        evidence = {
            "domain": payload.zone,
            "name": question.name,
            "type": question.type,
            "names": spread.distinct,
            "domains": spread.zones,
            "for rare records": spread.rare,
            "longest": spread.vast,
        }
        return (knowledge.sign(VOLUME, 0.85, evidence, None, consequence),)

    def _row(self, client: str, zone: str, at: float) -> ZoneRow:
        rows = self._clients.get(client)
        if rows is None:
            rows = self._clients[client] = {}
            if len(self._clients) > MAX_CLIENTS:
                gone, _ = self._clients.popitem(last=False)
                self._spread.pop(gone, None)
        else:
            self._clients.move_to_end(client)
        row = rows.get(zone)
        if row is None or at - row.last > REST_S:
            if row is None and len(rows) >= MAX_ZONES:
                del rows[min(rows, key=lambda zone: rows[zone].worth)]
            row = rows[zone] = ZoneRow(at)
        return row


def judged(row: ZoneRow) -> Verdict | None:
    """Say what a row's figures come to: what a tool's own form says first, then figures, then habits."""
    if row.dnscat >= 3:
        return "dns.tunnel.dnscat2_session", Consequence.INCIDENT
    if row.dnstt >= 2:
        return "dns.tunnel.dnstt", Consequence.INCIDENT
    if _is_iodine(row):
        return "dns.tunnel.iodine", Consequence.INCIDENT
    if row.beacons >= 4 and row.negative < 0.7 * row.distinct:
        return SESSION, Consequence.INCIDENT
    if row.tunnel >= 4 and row.distinct >= 4:
        return TYPE, Consequence.INCIDENT
    is_rare_mostly = row.rare >= 0.5 * row.distinct
    if row.distinct < 5 or (row.repeated > 0.4 * row.distinct and not is_rare_mostly):
        return None  # ordinary names are asked for again and again; that one is, is no padding of the others
    if row.chars >= 80 * row.distinct:
        return VOLUME, Consequence.INCIDENT
    if (
        row.distinct >= 8
        and max(row.steps, row.cased) >= 0.75 * row.distinct
        and row.chars >= 8 * row.distinct
    ):
        return _numbered(row)
    if is_rare_mostly:
        return _by_rare_types(row)
    return _by_addresses(row)


def _numbered(row: ZoneRow) -> Verdict | None:
    """Judge names with a counter, or with capitals. Tests for leaks, telemetry and sites of many have them
    too, and ask for addresses: those alone accuse nobody."""
    if row.rare >= 0.5 * row.distinct:
        return SESSION, Consequence.INCIDENT
    if row.encoded < 0.5 * row.distinct:
        return SESSION, Consequence.LOG
    is_long = row.chars >= 24 * row.distinct
    return SESSION, Consequence.BLOCK if is_long or row.distinct >= 14 else Consequence.LOG


def _is_iodine(row: ZoneRow) -> bool:
    """Nearly every name has the form of one of its messages, and not only the loosest of them."""
    strict = row.iodine_kinds & ~_DATA
    return (
        row.iodine >= 6 and row.iodine >= 0.9 * row.distinct and bool(strict) and row.iodine_kinds != strict
    )


def _by_rare_types(row: ZoneRow) -> Verdict | None:
    """Judge questions for TXT, CNAME, MX and other records."""
    names, size = row.distinct, row.chars / row.distinct
    coded = row.encoded >= 0.5 * names
    if names >= 6 and size >= 12 and coded and row.shared >= 3:
        return SESSION, Consequence.INCIDENT
    if names >= 8 and size >= 20 and _lengths(row) >= 3:
        return VOLUME, Consequence.INCIDENT
    if row.coded_mail >= 8 and size >= 12:
        return VOLUME, Consequence.INCIDENT
    if _looks_up_hashes(row):
        is_answered = row.positive >= 0.5 * names
        return (VOLUME, Consequence.BLOCK) if names >= (24 if is_answered else 60) else None
    if names >= 14 and size >= 12:
        return VOLUME, Consequence.INCIDENT
    if names >= 14 and coded:
        return VOLUME, Consequence.BLOCK
    return None


def _by_addresses(row: ZoneRow) -> Verdict | None:
    """Judge questions for addresses, which browsers ask all day: hashes are let be, words marked at first."""
    names, size = row.distinct, row.chars / row.distinct
    coded, many_lengths = row.encoded >= 0.6 * names, _lengths(row) >= 3
    if names >= 8 and size >= 45 and coded and many_lengths:
        return VOLUME, Consequence.INCIDENT if size >= 60 and names >= 16 else Consequence.BLOCK
    by_chance = names * names / (2 * BITS)  # so many names share a bit with another
    if row.negative >= 0.7 * names or row.repeated > 1 + 0.1 * names + by_chance:
        return None
    is_hashes = _looks_up_hashes(row) or _is_shards(row)
    if names >= 10 and size >= 16 and coded and row.shared >= 4 and not _is_shards(row):
        return SESSION, Consequence.BLOCK
    if names >= MANY_CODES and row.codes >= 0.5 * names:
        return SLOW, Consequence.BLOCK
    if is_hashes or not many_lengths:
        if names >= 16 and size >= 24 and coded and not is_hashes:
            return SLOW, Consequence.BLOCK
        if names >= 17 and size >= 30 and not row.hexes:
            return SLOW, Consequence.BLOCK  # words, and as many of them in each name
        if names >= MANY_HASHES and row.negative <= 0.2 * names:
            return SLOW, Consequence.BLOCK
        return (SLOW, Consequence.LOG) if names >= 40 else None
    if names >= 14 and size >= 10 and coded:
        return SLOW, Consequence.BLOCK
    if names >= 10 and size >= 16:
        return SLOW, _graded(names)
    return None


def _graded(names: int) -> Consequence:
    """Words alone: many sites of one provider look so at first, and are asked for again before long."""
    return Consequence.BLOCK if names >= 17 else Consequence.LOG


def _looks_up_hashes(row: ZoneRow) -> bool:
    """One length, that of a hash, and one alphabet; no more than a SHA-256 with what stands behind it."""
    is_even = _lengths(row) == 1 and row.hexes >= 0.95 * row.distinct
    return is_even and row.widest in HASH_LABELS and row.chars <= 80 * row.distinct


def _is_shards(row: ZoneRow) -> bool:
    """Hosts of pictures, asked for by address: as many digits in each, beside words or a counter."""
    is_even = row.even >= 0.95 * row.distinct and _lengths(row) <= 3
    return is_even and row.widest in HASH_LABELS and row.widest <= MAX_SHARD and not row.rare


def _lengths(row: ZoneRow) -> int:
    return row.lengths.bit_count()


def _is_counted(payload: Payload, type_: str) -> bool:
    size = sum(len(label) for label in payload.labels)
    if is_rare(type_):
        return size >= LEAST_CHARS or is_tunnel_type(type_)
    return size >= 14 or (size >= LEAST_CHARS and payload.is_encoded) or payload.is_short_code


def _is_negative(question: Question) -> bool:
    """Say whether the answer is what lists of hashes give: no such name, or a code in 127.0.0.0/8."""
    if question.answers:
        return all(record.type == "A" and record.data.startswith("127.") for record in question.answers[:8])
    return question.rcode == "NXDOMAIN"


def _note_answer(row: ZoneRow, question: Question) -> None:
    """Count how a name was answered that was asked for once; an answer may not have come yet."""
    if _is_negative(question):
        row.negative += 1
    elif question.answers:
        row.positive += 1


def _evidence(question: Question, payload: Payload, row: ZoneRow) -> dict[str, object]:
    return {
        "domain": payload.zone,
        "name": question.name,
        "type": question.type,
        "names": row.distinct,
        "questions": row.asked,
        "characters": row.chars,
        "for rare records": row.rare,
        "shared characters": row.shared,
    }
