"""How does a judged attempt become an event in the journal?"""

from proxy.decision.policy import LogLevel
from proxy.decision.request import Request, Subject
from proxy.decision.verdict import Verdict
from proxy.journal.codec import ClientTag, Template, client_tag
from proxy.journal.event import Event, event_from
from proxy.journal.pseudonym import Pseudonyms
from proxy.journal.spool import Spool


class Recorder:
    """Writes events under pseudonyms, as much of each as the subject's view asks for."""

    def __init__(self, spool: Spool, pseudonyms: Pseudonyms) -> None:
        self.spool = spool
        self._pseudonyms = pseudonyms

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

    def template(self, request: Request, verdict: Verdict, level: LogLevel) -> Template | None:
        """Pack what all events of this verdict share; None when the level asks for none."""
        event = self._event(request, verdict, level, "", 0, 0)
        return self.spool.template(event) if event is not None else None

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
