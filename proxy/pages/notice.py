"""What does a block page say, in plain words, about one blocked attempt?"""

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from proxy.decision.pipeline import FINAL
from proxy.decision.policy import Policy, View
from proxy.decision.request import Request
from proxy.decision.verdict import Basis, Reason, Verdict
from proxy.marking import marked
from proxy.pages.house import House
from proxy.pages.languages import ENGLISH, Language
from proxy.pages.moments import soon
from proxy.pages.opening import opens_at
from proxy.pages.reasons import in_general
from proxy.pages.shown import shown, shown_address
from proxy.tickets.codes import show_code

FAULTS = frozenset({Reason.ERROR, Reason.NO_POLICY})
LAW = marked(
    "Federal law, the Children's Internet Protection Act (CIPA), requires this block for everyone here."
)
FAULT = marked(
    "Nobody decided against this page. The filter has a problem, and until it is solved it lets nothing pass."
)

_988 = marked(
    "Are you, or is a friend, having a hard time? You can talk to somebody right now: "
    "call or text 988, day and night, free. In danger, call 911."
)
_HURT = marked(
    "Has somebody hurt you or a friend? It is not your fault. Tell an adult you trust, or call or text "
    "1-800-422-4453 (Childhelp), day and night, free. In danger, call 911."
)
CRISIS_HELP = {"self_harm": _988, "child_abuse": _HURT}


@dataclass(frozen=True, slots=True)
class Notice:
    """The words of one block page; texts of foreign origin are shortened and free of unseen characters.

    language      all words are in, but for what people here wrote, and `explanation`
    address       host and path
    is_final      whether no decision of a reviewer can open it
    why           which kind of reason it is; in English the explanation, which says more
    explanation   what the deciding check says, in English
    category      plain name of the category, "" when none is concerned; `meaning` describes it
    decision      who decided, in one sentence: the law, or somebody here
    opens         `today at 12:00`, or "" when no schedule opens it
    source        list and line, or ""
    code          as people read it, `7KQ2-9FXM`; "" when none was handed out
    ask_url       link to the portal with the ticket; "" when there is no portal
    tell_url      link to the page where an adult can be told; "" when there is none
    """

    language: Language
    host: str
    address: str
    reason: Reason
    is_final: bool
    basis: Basis | None
    why: str
    explanation: str
    category_id: str
    category: str
    meaning: str
    decision: str
    law: str
    decided_by: str
    opens: str
    opens_at: datetime | None
    until: datetime | None
    list_id: str
    line: int
    rule: str
    source: str
    help: str
    crisis: str
    code: str
    ticket: str
    ask_url: str
    tell_url: str
    school: str
    at: datetime

    @property
    def is_fault(self) -> bool:
        """Whether a fault of the filter, and no rule, stands behind the block."""
        return self.reason in FAULTS

    @property
    def has_no_end(self) -> bool:
        """Whether the block lasts until somebody decides otherwise."""
        return self.until is None and not self.is_fault

    @property
    def heading(self) -> str:
        """The page's title and first heading."""
        if self.is_fault:
            return self.language.gettext("This page cannot be opened right now")
        return self.language.gettext("This page is blocked")

    @property
    def can_be_asked_for(self) -> bool:
        """Whether anybody here could open it; faults and what is beyond reviewers can only be reported."""
        return not self.is_final and self.basis is not Basis.CIPA and not self.is_fault


def notice_for(
    request: Request,
    verdict: Verdict,
    view: View,
    policy: Policy | None,
    house: House,
    *,
    code: str = "",
    ticket: str = "",
    language: Language = ENGLISH,
) -> Notice:
    """Put a blocking verdict into words.

    code      the ticket's eight characters, "" when none was handed out
    ticket    the token

    Names and descriptions of categories, and whom to ask, are said in the reader's language where they
    are those that we ship; what a school wrote itself stays as it was written.
    """
    evidence, attempt, say = verdict.evidence, request.attempt, language.gettext
    category = policy.categories.get(evidence.category) if policy else None
    opens = opens_at(request, verdict, policy, view)
    explanation = shown(verdict.explanation, 600)
    return Notice(
        language=language,
        host=attempt.host,
        address=shown_address(attempt.host, attempt.url),
        reason=verdict.reason,
        is_final=verdict.check in FINAL,
        basis=evidence.basis,
        why=explanation if language is ENGLISH else say(in_general(verdict.reason)),
        explanation=explanation,
        category_id=evidence.category,
        category=say(category.name) if category else evidence.category,
        meaning=say(category.description) if category else "",
        decision=_decision(verdict, house, language),
        law=say(category.law) if category and evidence.basis is Basis.CIPA else "",
        decided_by=evidence.decided_by,
        opens=soon(opens, request.at, language) if opens else "",
        opens_at=opens,
        until=verdict.until,
        list_id=evidence.list_id,
        line=evidence.line,
        rule=shown(evidence.rule),
        source=_source(evidence.list_id, evidence.line, language),
        help=say(view.help or house.contact),
        crisis=say(CRISIS_HELP.get(evidence.category, "")),
        code=show_code(code) if code else "",
        ticket=ticket,
        ask_url=_with_ticket(house.portal, ticket),
        tell_url=_with_ticket(house.tell, ticket) or house.tell,
        school=say(house.school),
        at=request.at,
    )


def _decision(verdict: Verdict, house: House, language: Language) -> str:
    """Law is said only of what the law asks for; all else is somebody's choice here (never "CIPA")."""
    if verdict.reason in FAULTS:
        return language.gettext(FAULT)
    if verdict.evidence.basis is Basis.CIPA:
        return language.gettext(LAW)
    return language.gettext(
        "This is a local decision, made by %(somebody)s. It is not a legal requirement.",
        somebody=language.gettext(verdict.evidence.decided_by or house.school),
    )


def _source(list_id: str, line: int, language: Language) -> str:
    if not list_id or not line:
        return list_id
    return language.gettext("%(list)s, line %(line)s", list=list_id, line=f"{line:,}")


def _with_ticket(page: str, ticket: str) -> str:
    if not page or not ticket:
        return ""
    return f"{page}{'&' if '?' in page else '?'}{urlencode({'ticket': ticket})}"
