"""What becomes of one recorded row, by the detectors and the pipeline that judge live?

What shows first is judged first: a request before its answer, an answer before the messages that follow, the
handshake before what stands inside. The first block ends it, as it would have ended the connection.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from functools import partial

from proxy.bypass.all_detectors import Detectors
from proxy.bypass.exchange.bystanders import excused
from proxy.bypass.exchange.talk import Talk
from proxy.bypass.noticing import Detector, OnFault, notice
from proxy.bypass.observed import Exchange, Opening, Question
from proxy.decision.names import NameProblem
from proxy.decision.pipeline import decide, stands
from proxy.decision.policy import View
from proxy.decision.request import Attempt, Request, Stage, Subject, Trait
from proxy.decision.signs import Sign
from proxy.decision.urls import parse_url
from proxy.decision.verdict import Action, Verdict
from proxy.decision.view import view_for
from proxy.replay.answers import Answered, Outcome, of_rule
from proxy.replay.concluding import concluded
from proxy.replay.formats.dns_row import names_in
from proxy.replay.rows import Row, Seen
from proxy.replay.rules import Rules

ALIAS = frozenset({Trait.ALIAS_TARGET})
FINAL = frozenset({Trait.FINAL_ADDRESS})
SOCKET = frozenset({Trait.WEBSOCKET})
NOBODY = "."
"""Stands for a host that nobody named; no rule and no list line speaks of it."""
UNREADABLE = {
    "DNS": "dns.malformed",
    "requests": "host.unreadable",
    "handshakes and streams": "dns.malformed",
}
REFUSED = "The filter refuses what it cannot read."

type Watch = Detector[Question]
"""Sees what shows in many questions of one client only, and remembers what it needs for that."""


class Judging:
    """Judges rows by one policy, at one moment of the school's time.

    State: the view of each group (few), and what `watch` keeps of the questions that came before.
    """

    def __init__(
        self, rules: Rules, detectors: Detectors, watch: Watch, at: datetime, on_fault: OnFault
    ) -> None:
        self._rules, self._detectors, self._watch = rules, detectors, watch
        self._at = at.astimezone(rules.policy.zone)
        self._views: dict[Subject, View] = {}
        self._notice = partial(notice, knowledge=rules.knowledge, on_fault=on_fault)

    def answer(self, row: Row) -> Answered:
        """Judge one row. Never raises for what a row holds."""
        subject = self._rules.subject_of(row.who)
        view = self._views.get(subject)
        if view is None:
            view = self._views[subject] = view_for(self._rules.policy, subject)
        request = Request(Attempt(row.who.address, Stage.TLS, row.host or NOBODY), subject, self._at)
        verdict: Verdict | None = None
        signs: tuple[Sign, ...] = ()
        for seen, found in self._noticed(row):
            signs = tuple(dict.fromkeys((*signs, *found)))
            request = replace(request, attempt=_attempt(row, seen, signs))
            verdict = decide(request, self._rules.policy, view)
            if verdict.action is Action.BLOCK:
                break
        if verdict is None or verdict.action is not Action.BLOCK:
            refused = self._behind(row, request, view, verdict) or _unreadable(row)
            if refused is not None:
                return refused
        assert verdict is not None, "what nothing was seen of has no readable host"
        return concluded(row.id, request, verdict, self._rules.policy, view)

    def _noticed(self, row: Row) -> Iterator[tuple[Seen, tuple[Sign, ...]]]:
        """What is to be seen, step by step, with the signs that are new at each."""
        for seen in row.seen:
            if isinstance(seen, Question):
                yield seen, self._notice((*self._detectors.names, self._watch), seen)
            elif isinstance(seen, Opening):
                yield seen, self._notice(self._detectors.openings, seen)
            else:
                yield from self._of_exchange(seen)

    def _of_exchange(self, whole: Exchange) -> Iterator[tuple[Seen, tuple[Sign, ...]]]:
        request = replace(whole, answer=None, messages=())
        yield whole, excused(whole, self._notice(self._detectors.requests, request))
        answered = replace(whole, messages=())
        later = self._detectors.answers if whole.answer is not None else self._detectors.unanswered
        yield whole, excused(whole, self._notice(later, answered))
        talk = Talk()
        for shown in filter(None, map(talk.take, whole.messages)):
            said = replace(whole, messages=shown.messages, left_out=shown.left_out)
            yield whole, self._notice(self._detectors.messages, said)

    def _behind(self, row: Row, request: Request, view: View, first: Verdict | None) -> Answered | None:
        """Judge the names and addresses that a DNS answer leads to, as the resolver does."""
        question = row.seen[0] if row.seen else None
        if first is None or not isinstance(question, Question):
            return None
        for record in question.answers:
            traits = FINAL if record.type in ("A", "AAAA") else ALIAS
            for host in names_in(record):
                attempt = replace(request.attempt, host=host, traits=traits, signs=())
                behind = decide(replace(request, attempt=attempt), self._rules.policy, view)
                if stands(first, behind):
                    technique = "dns.cname_cloak" if traits is ALIAS else f"policy.{behind.reason.value}"
                    evidence = {record.type.lower(): host, **of_rule(behind.evidence)}
                    return Answered(row.id, Outcome.BLOCK, technique, evidence, behind.explanation)
        return None


def _attempt(row: Row, seen: Seen, signs: tuple[Sign, ...]) -> Attempt:
    client, host = row.who.address, row.host or NOBODY
    if isinstance(seen, Question):
        return Attempt(client, Stage.DNS, host, method=seen.type, signs=signs)
    if isinstance(seen, Opening):
        return Attempt(client, Stage.TLS, host, port=seen.port, signs=signs)
    is_socket = bool(seen.messages) or seen.url.scheme in ("ws", "wss")
    return Attempt(
        client,
        Stage.HTTP,
        seen.url.host,
        seen.url,
        method=seen.method,
        referring_host=_referring(seen),
        traits=SOCKET if is_socket else frozenset(),
        signs=signs,
    )


def _referring(seen: Exchange) -> str:
    text = seen.field("referer")
    try:
        return parse_url(text).host if text else ""
    except NameProblem:
        return ""


def _unreadable(row: Row) -> Answered | None:
    if not row.trouble:
        return None
    evidence = {"unreadable": row.trouble[:200]}
    return Answered(row.id, Outcome.BLOCK, UNREADABLE[row.kind], evidence, REFUSED)
