"""What happens when an attempt is refused? It is recorded once, gets its ticket, and is answered."""

from collections.abc import Callable
from datetime import UTC, datetime

from proxy import metrics
from proxy.decision.urls import Url
from proxy.decision.verdict import Reason
from proxy.gateway import Gateway, Judgement
from proxy.pages.asked import Form
from proxy.pages.house import House, house_of
from proxy.pages.languages import language_for
from proxy.pages.notice import notice_for
from proxy.pages.render import Page, block_page
from proxy.pages.shown import ticket_url
from proxy.tickets.claims import TicketClaims
from proxy.tickets.codes import new_code
from proxy.tickets.keyring import Keyring
from proxy.tickets.sealing import sign

READ = frozenset({Form.PAGE, Form.JSON})


class Refusals:
    """Answers blocked attempts, in the proxy and on the block-page host alike.

    pseudonym    roster id -> the pseudonym that the journal uses; not asked for ""
    """

    def __init__(self, gateway: Gateway, keyring: Keyring, pseudonym: Callable[[str], str]) -> None:
        self._gateway = gateway
        self._keyring = keyring
        self._pseudonym = pseudonym

    def answer(self, judgement: Judgement, form: Form = Form.PAGE, accept_language: str = "") -> Page:
        """Record a blocked attempt and return the page for it.

        accept_language    the request's field, or ""

        Call it once for each refused attempt, and record nothing else for it. Forms that nobody
        reads (images, scripts ...) are recorded without a code.
        """
        house = house_of(self._gateway.settings)
        code = new_code() if form in READ else ""
        event = self._gateway.record(judgement, ticket=code)
        ticket = sign(self._claims(judgement, house, event, code), self._keyring) if code else ""
        metrics.PAGES.inc(form.value)
        notice = notice_for(
            judgement.request,
            judgement.verdict,
            judgement.view,
            judgement.policy,
            house,
            code=code,
            ticket=ticket,
            language=language_for(accept_language),
        )
        return block_page(notice, form)

    def _claims(self, judgement: Judgement, house: House, event: str, code: str) -> TicketClaims:
        request, verdict = judgement.request, judgement.verdict
        at: datetime = request.at.astimezone(UTC).replace(microsecond=0)
        url: Url | None = verdict.inner or request.attempt.url
        evidence, subject = verdict.evidence, request.subject
        return TicketClaims(
            event=event,
            at=at,
            gateway=house.gateway,
            subject=self._pseudonym(subject.id) if subject.id else "",
            group=subject.group,
            url=ticket_url(url.host if url else request.attempt.host, url),
            category=evidence.category,
            basis=evidence.basis.value if evidence.basis else "",
            reason=verdict.reason.value,
            list_id=evidence.list_id,
            line=evidence.line,
            base=verdict.base,
            overlay=verdict.overlay,
            expires=at + house.ticket_lifetime,
            code=code,
            technique=evidence.rule if verdict.reason is Reason.WAY_AROUND else "",
        )
