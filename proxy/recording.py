"""How does a judged attempt become an event in the journal?"""

from dataclasses import dataclass, replace
from datetime import datetime

from proxy.decision.policy import LogLevel
from proxy.decision.request import Attempt, Request, Stage, Subject
from proxy.decision.verdict import Verdict
from proxy.journal.codec import (
    ClientTag,
    Template,
    around_bytes,
    around_url,
    client_tag,
    ending_of,
    name_template,
    opening,
    page_template,
)
from proxy.journal.event import MAX_METHOD_CHARS, Event, event_from, is_in_full, is_kept
from proxy.journal.pseudonym import Pseudonyms
from proxy.journal.redact import kept_url
from proxy.journal.spool import Spool

MAX_ENDINGS = 512
MAX_AROUND = 4096


@dataclass(frozen=True, slots=True)
class Packed:
    """The constant parts of an event, before and behind the number of bytes, and who asked."""

    head: bytes
    tail: bytes
    tag: ClientTag


class Recorder:
    """Writes events under pseudonyms, as much of each as the subject's view asks for."""

    def __init__(self, spool: Spool, pseudonyms: Pseudonyms) -> None:
        self.spool = spool
        self._pseudonyms = pseudonyms
        self._openings: dict[str, str] = {}
        self._endings: dict[int, tuple[Verdict, str]] = {}
        self._around: dict[tuple[Stage | str, ...], tuple[Verdict, tuple[str, str, str]]] = {}

    def record(
        self,
        request: Request,
        verdict: Verdict,
        level: LogLevel,
        ticket: str = "",
        bytes_: int = 0,
        duration_us: int = 0,
    ) -> str:
        """Append an event and return its id; "" when the level asks for none."""
        event = self._event(request, verdict, level, ticket, bytes_, duration_us)
        return self.spool.append(event) if event is not None else ""

    def note(
        self,
        attempt: Attempt,
        subject: Subject,
        at: datetime,
        verdict: Verdict,
        level: LogLevel,
        bytes_: int,
        duration_us: int,
    ) -> None:
        """Append an event as `record` does, for whoever asks for no id: a fifth of the cost.

        Nothing but the URL is spelled anew; the rest is kept for attempts that share it.
        """
        if not is_kept(level, verdict):
            return
        if attempt.signs:
            request = Request(attempt, subject, at)
            self.record(request, verdict, level, bytes_=bytes_, duration_us=duration_us)
            return
        url = kept_url(attempt.url) if attempt.url is not None and is_in_full(level, verdict) else ""
        key = attempt.stage, subject.group, attempt.host, attempt.referring_host, attempt.method
        known = self._around.get(key)
        if known is None or (known[0] is not verdict and known[0] != verdict):
            if len(self._around) >= MAX_AROUND:
                self._around.clear()
            around = around_url(
                opening(attempt.stage, subject.group),
                attempt.host,
                attempt.referring_host,
                attempt.method[:MAX_METHOD_CHARS],
                ending_of(verdict),
            )
            known = self._around[key] = (verdict, around)
        template = page_template(known[1], url, bytes_)
        tag = client_tag(attempt.client, self._pseudonyms.of(subject.id))
        # exact to the microsecond until 2106, and half the cost of arithmetic in a time zone
        self.spool.append_own(template, round(at.timestamp() * 1_000_000), tag, duration_us)

    def packed(self, request: Request, verdict: Verdict, level: LogLevel) -> Packed | None:
        """Pack what events of this client and verdict share; None when the level asks for none."""
        event = self._event(request, verdict, level, "", 0, 0)
        if event is None:
            return None
        head, tail = around_bytes(self.spool.template(event))
        return Packed(head, tail, client_tag(event.client, event.subject))

    def record_packed(self, packed: Packed, time_us: int, bytes_: int, duration_us: int) -> None:
        """Append an event of what was packed."""
        template = Template(b"%b%d%b" % (packed.head, bytes_, packed.tail))
        self.spool.append_as(template, time_us, packed.tag, duration_us)

    def template(self, request: Request, verdict: Verdict, level: LogLevel) -> Template | None:
        """Pack what all events of this verdict share; None when the level asks for none."""
        event = self._event(request, verdict, level, "", 0, 0)
        return self.spool.template(event) if event is not None else None

    def name_template(
        self, subject: Subject, host: str, method: str, verdict: Verdict, level: LogLevel
    ) -> Template | None:
        """Pack, as `template` does, the event of a host at stage DNS; a microsecond when other hosts
        share the verdict."""
        if not is_kept(level, verdict):
            return None
        group = subject.group
        opened = self._openings.get(group)
        if opened is None:
            opened = self._openings[group] = opening(Stage.DNS, group)
        return name_template(opened, host, method[:MAX_METHOD_CHARS], self._ending(verdict))

    def around_name(
        self, subject: Subject, method: str, verdict: Verdict, level: LogLevel
    ) -> tuple[bytes, bytes] | None:
        """What stands before and behind the host in `name_template`, for a host that needs no quoting; None
        when the level asks for no event."""
        whole = self.name_template(subject, "", method, verdict, level)
        if whole is None:
            return None
        begin = len(self._openings[subject.group]) + 1
        return whole[:begin], whole[begin:]

    def around_rule(
        self, subject: Subject, method: str, verdict: Verdict, level: LogLevel
    ) -> tuple[bytes, bytes, bytes] | None:
        """What stands before the host, between host and rule, and behind the rule in `name_template`, for a
        host and a rule that need no quoting; None when the level asks for no event."""
        evidence = verdict.evidence
        unruly = replace(verdict, evidence=replace(evidence, rule="\0"))
        around = self.around_name(subject, method, unruly, level)
        if around is None:
            return None
        middle, _, behind = around[1].partition(b"\\u0000")
        return around[0], middle, behind

    def _ending(self, verdict: Verdict) -> str:
        """The last part of the events of one verdict. Verdicts are told apart by identity, and kept here
        so that no other takes the place of one."""
        known = self._endings.get(id(verdict))
        if known is None:
            if len(self._endings) >= MAX_ENDINGS:
                self._endings.clear()
            known = self._endings[id(verdict)] = (verdict, ending_of(verdict))
        return known[1]

    def client_tag(self, client: str, subject: Subject) -> ClientTag:
        """Pack who asked."""
        return client_tag(client, self._pseudonyms.of(subject.id))

    def _event(
        self, request: Request, verdict: Verdict, level: LogLevel, ticket: str, bytes_: int, duration_us: int
    ) -> Event | None:
        pseudonym = self._pseudonyms.of(request.subject.id)
        return event_from(
            request, verdict, level, pseudonym, ticket=ticket, bytes_=bytes_, duration_us=duration_us
        )
