"""The demo's school in the middle of a week, and every page of the console that it has.

The school, its people and what they asked for are made up. `pages(school)` names each page once, with
somebody who sees it: the manuals' pictures and the walk with axe-core go by that list.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from found_incidents import Act, incident
from handed_tickets import ticket
from proxy.bundle.publish import publish_base
from proxy.console.audit.models import AuditRecord
from proxy.console.incidents import desk as incidents_desk
from proxy.console.incidents import states as incident_states
from proxy.console.incidents.models import Incident
from proxy.console.people import demo
from proxy.console.people.models import Person, SchoolClass
from proxy.console.people.roster import import_roster
from proxy.console.portal import receipts
from proxy.console.post.models import Call, Letter
from proxy.console.review import clockwork, desk, telling
from proxy.console.review.models import Case
from proxy.console.review.opened import Opened
from proxy.console.review.states import Kind, Lane, Lasts, Listing, Reach, Resource
from proxy.console.site import clock
from proxy.console.site.config import config, use
from proxy.decision.request import Stage
from proxy.decision.verdict import Action, Reason
from proxy.journal.event import Event
from proxy.journal.spool import Spool
from review_office import NOTHING_SEEN

WEDNESDAY = datetime(2026, 12, 2, 16, 0, tzinfo=UTC)
MONDAY = WEDNESDAY - timedelta(days=2)
SCHOOL = "valley-high"
CLASS = "cls-chemistry-3"
EVIDENCE = {
    "via": "ticket", "event": "met-on-monday", "at": MONDAY.isoformat(), "gateway": "demo", "group": "high",
    "url": "",
    "url_cut": False, "category": "games", "basis": "local", "reason": "category", "list_id": "demo-games",
    "line": 3, "base": 1, "overlay": 0, "code": "7KQ29FXM",
}  # fmt: skip


@dataclass(frozen=True)
class Page:
    """A page as somebody sees it.

    name     of its picture
    route    name of its route
    by       log-in name; "" for a stranger
    status   with which it is answered
    look     further looks of which there are pictures: name's ending -> how the browser is set
    """

    name: str
    route: str
    path: str
    by: str = ""
    status: int = 200
    look: dict[str, dict[str, Any]] = field(default_factory=dict)


class ValleyHigh:
    """The demo's people, and what they asked for this week."""

    def __init__(self) -> None:
        import_roster(config(), MONDAY)
        demo.make(MONDAY)
        self.people = {person.login: person for person in Person.objects.all()}
        self.cases: dict[str, Case] = {}
        self.incidents: dict[str, Incident] = {}

    def __getattr__(self, login: str) -> Person:
        return self.people[login]

    def asks(self, name: str, host: str, by: Person, at: datetime, **fields: object) -> Case:
        """Put in a request and remember it by a name."""
        given = {
            "kind": Kind.UNBLOCK, "asker": by, "subject": by.sourced_id or "", "school": SCHOOL, "host": host,
            "audience": {"subjects": [by.sourced_id]}, "ends": at + timedelta(days=7), "category": "games",
            "evidence": EVIDENCE | {"url": f"http://{host}/"}, **fields,
        }  # fmt: skip
        self.cases[name] = desk.submit(desk.NewAsking(**given), at=at)  # type: ignore[arg-type]
        return self.cases[name]

    def week(self) -> None:
        """A Monday, a Tuesday and a Wednesday morning."""
        self._students_requests()
        self._teachers_requests()
        self._incidents()
        clockwork.escalate(WEDNESDAY)
        telling.tell(
            by=self.mokafor, subject="student-0042", school=SCHOOL, at=WEDNESDAY - timedelta(hours=1),
            text="Somebody in a game chat asks where I live. I have not answered.",
        )  # fmt: skip

        desk.claim(self.cases["late"].pk, self.reviewer2, at=WEDNESDAY)
        desk.claim_appeal(self.cases["appealed"].pk, self.appeals, at=WEDNESDAY)
        Letter.objects.create(
            key="given-up", to="rcastillo@maplevalley.example", language="en",
            subject="Request 7 was approved",
            text="", html="", queued_at=MONDAY, not_before=MONDAY, tries=9, given_up_at=WEDNESDAY,
            problem="550 no such mailbox",
        )  # fmt: skip
        for key, given_up_at in (("call-lost", WEDNESDAY), ("call-waits", None)):
            Call.objects.create(
                key=key, body="{}", queued_at=MONDAY, not_before=WEDNESDAY, tries=9, given_up_at=given_up_at,
                problem="the webhook answered 503",
            )  # fmt: skip

    def _students_requests(self) -> None:
        early = WEDNESDAY - timedelta(hours=2)
        self.asks(
            "waits", "games.demo.test", self.mokafor, early, path="/labs/optics", reach=Reach.PATH,
            purpose="The lens simulation for my physics report; the teacher showed it in class.",
            course="Physics",
            evidence=EVIDENCE | {"url": "http://games.demo.test/labs/optics", "known_by": "ticket"},
        )  # fmt: skip
        self.asks("late", "chess.example", self.jlindqvist, MONDAY, purpose="Chess club meets on Thursdays.")
        denied = self.asks(
            "denied", "arcade.example", self.mokafor, MONDAY, purpose="To relax after lunch.",
            teacher=self.rcastillo,
        )  # fmt: skip
        later = MONDAY + timedelta(hours=3)
        desk.claim(denied.pk, self.reviewer, at=later)
        desk.deny(
            denied.pk, self.reviewer, at=later, checklist=NOTHING_SEEN,
            reason="The site holds games alone. For breaks, the library has chess and puzzles that are open.",
        )  # fmt: skip
        asked = self.asks(
            "question", "video.example", self.mokafor, MONDAY, purpose="For history.", path="/watch"
        )
        desk.claim(asked.pk, self.reviewer, at=later)
        desk.ask(asked.pk, self.reviewer, at=later, question="Which film is it, and for which unit?")
        appealed = self.asks(
            "appealed", "build.example", self.jlindqvist, MONDAY, purpose="For the design project."
        )
        desk.claim(appealed.pk, self.reviewer, at=later)
        desk.deny(appealed.pk, self.reviewer, at=later, reason="It is a game.", checklist=NOTHING_SEEN)
        desk.appeal(
            appealed.pk, self.jlindqvist, at=MONDAY + timedelta(days=1),
            grounds="We plan the school garden with it. Ms. Castillo has seen the plan.",
        )  # fmt: skip
        self._appeals()
        self.asks(
            "private",
            "help.example",
            self.mokafor,
            early,
            purpose="Please only the counselor.",
            lane=Lane.PRIVATE,
        )
        self.asks(
            "report",
            "fights.example",
            self.jlindqvist,
            early,
            kind=Kind.SHOULD_BLOCK,
            purpose="It shows fights.",
        )

    def _appeals(self) -> None:
        """One that the technician returned, and one that was taken back; a guardian then appeals."""
        later = MONDAY + timedelta(hours=4)
        for name, host in (("returned", "maps.example"), ("taken back", "songs.example")):
            case = self.asks(
                name, host, self.mokafor, MONDAY, purpose="For geography.", category="forums",
                teacher=self.rcastillo,
            )  # fmt: skip
            desk.claim(case.pk, self.reviewer, at=later)
            desk.deny(case.pk, self.reviewer, at=later, reason="It is a forum.", checklist=NOTHING_SEEN)
            desk.appeal(case.pk, self.mokafor, at=later, grounds="It holds maps alone.")
        number = self.cases["returned"].pk
        desk.claim_appeal(number, self.appeals, at=later)
        given = {"at": later, "reason": "It holds maps alone.", "checklist": NOTHING_SEEN}
        desk.endorse_appeal(number, self.appeals, **given)  # type: ignore[arg-type]
        desk.claim_appeal(number, self.technician, at=later)
        desk.return_appeal(number, self.technician, at=later, reason="Beside the maps people write letters.")
        number = self.cases["taken back"].pk
        desk.withdraw_appeal(number, self.mokafor, at=later)
        desk.appeal(number, self.rcastillo, at=later, guardian="Ada Okafor", grounds="It is for homework.")

    def _teachers_requests(self) -> None:
        chemistry = SchoolClass.objects.get(sourced_id=CLASS)
        lab = self.asks(
            "approved", "molecules.example", self.rcastillo, MONDAY, path="/build", reach=Reach.PATH,
            purpose="Students build molecules in the third period.",
            course=chemistry.title, school_class=chemistry,
            audience={"classes": [CLASS]}, looked_through_on=MONDAY.date(), terms="free for schools",
        )  # fmt: skip
        later = MONDAY + timedelta(hours=1)
        desk.claim(lab.pk, self.reviewer, at=later)
        desk.approve(
            lab.pk, self.reviewer, at=later, checklist=NOTHING_SEEN, listing=Listing.EXCEPTION,
            reason="It belongs to unit 4 and holds nothing else.",
            opening=Opened("molecules.example", Reach.PATH, "/build", None, {"classes": (CLASS,)}, None,
                           WEDNESDAY + timedelta(days=2, hours=5)),
        )  # fmt: skip
        for title, host, course, kind in (
            ("Optics Lab", "optics.example", "Physics", Resource.SITE),
            ("Word Garden", "words.example", "Spanish", Resource.APP),
        ):
            self._resource(title, host, course, kind, later)

    def _incidents(self) -> None:
        """One that waits, one under review, and one that was innocent."""
        early = WEDNESDAY - timedelta(hours=2)
        self.incidents["ended"] = incident(
            self.mokafor, acts=(Act("doh.coding-class.example", "dns.doh", 0.5, 4, at=MONDAY),), at=MONDAY
        )
        self.incidents["waits"] = incident(
            self.jlindqvist, at=early,
            acts=(
                Act(at=early - timedelta(minutes=30), times=14),
                Act("uv.example", "webproxy.bare", 0.6, 9, "http", early - timedelta(minutes=29),
                    {"x-bare-host": "games.demo.test"}),
            ),
        )  # fmt: skip
        self.incidents["taken"] = incident(
            None,
            acts=(
                Act("198.51.100.9", "vpn.wireguard", 0.9, 2, "tls", early, {"payload": "01 00 00 00"}),
            ),
            at=early, client="10.20.3.4",
        )  # fmt: skip
        finding = self.incidents["ended"].findings.get()
        lesson = WEDNESDAY + timedelta(days=16, hours=14)
        incidents_desk.take_up(self.incidents["ended"].pk, self.safeguarding, at=MONDAY)
        incidents_desk.end(
            self.incidents["ended"].pk, self.safeguarding, at=WEDNESDAY - timedelta(days=1),
            outcome=incident_states.State.INNOCENT,
            words="The coding class looks at the JSON interface of a resolver; Ms. Castillo knows of it.",
            pardons=[incidents_desk.PardonWanted(("dns",), finding.site, "schools:valley-high")],
            permits=[
                incidents_desk.PermitWanted(
                    "dns.doh", finding.host, "schools:valley-high", lesson, "Lesson on JSON in unit 6."
                )
            ],
        )  # fmt: skip
        incidents_desk.take_up(self.incidents["taken"].pk, self.safeguarding, at=WEDNESDAY)

    def _resource(self, title: str, host: str, course: str, resource: Resource, at: datetime) -> None:
        case = self.asks(
            title, host, self.rcastillo, MONDAY, kind=Kind.RESOURCE, title=title, course=course, grade="10",
            lasts=Lasts.STANDING.value, audience={"schools": [SCHOOL]}, purpose="For lessons.",
            privacy_policy=f"https://{host}/privacy", terms="free for schools",
            resource=resource, guardians_told_on=MONDAY.date(),
        )  # fmt: skip
        desk.claim(case.pk, self.reviewer, at=at)
        desk.endorse(case.pk, self.reviewer, at=at, reason="Fits the curriculum.", checklist=NOTHING_SEEN)
        desk.claim(case.pk, self.techreviewer, at=at)
        desk.approve(
            case.pk, self.techreviewer, at=at, reason="Runs in the browser; no accounts needed.",
            checklist=NOTHING_SEEN, listing=Listing.EXCEPTION, opening=desk.as_asked(case),
        )  # fmt: skip


@contextmanager
def valley_high(state: Path) -> Iterator[ValleyHigh]:
    """The demo's school with a policy in force, events and a week of requests, on a Wednesday at ten."""
    before = config()
    use(replace(before, demo=True, state=state))
    try:
        publish_base(before.settings, state)
        _events(state)
        clock.set_to(WEDNESDAY)
        school = ValleyHigh()
        school.week()
        yield school
    finally:
        clock.set_to(None)
        use(before)


def _events(state: Path) -> None:
    """A morning's blocks of one site, and of what its pages load."""
    spool = Spool(state / "spool", worker="w1", gateway="demo")
    for n in range(240):
        host = "games.demo.test" if n % 3 else "cdn.games-media.example"
        spool.append(
            Event(
                time=MONDAY + timedelta(minutes=n), stage=Stage.HTTP, client="127.0.1.3",
                group="high" if n % 5 else "middle", host=host, action=Action.BLOCK, reason=Reason.CATEGORY,
                referring_host="games.demo.test" if host.startswith("cdn") else "", category="games",
                list_id="demo-games",
            )
        )  # fmt: skip
    spool.close()


ES = {"es": {"language": "es"}}
DARK = {"dark": {"dark": True}}
NARROW = {"narrow": {"width": 320}}


def pages(school: ValleyHigh) -> Iterator[Page]:
    """Every page that can be looked at, each route at least once; those that change something are none."""
    yield from _of_the_portal(school)
    yield from _of_review(school)
    yield from _of_people(school)
    yield from _of_incidents(school)
    yield Page("audit-record", "audit:records", "/audit/", "auditor")
    number = AuditRecord.objects.order_by("number").values_list("number", flat=True)[0]
    yield Page("audit-one", "audit:record", f"/audit/{number}/", "auditor")
    yield Page("audit-verify", "audit:verify", "/audit/verify/", "auditor")
    yield Page("reports-figures", "reports:figures", "/figures/", "auditor")
    yield Page("reports-incidents", "reports:incidents", "/figures/incidents/", "auditor", look=ES)
    yield Page("post-letters", "post:letters", "/letters/", "admin")


def _of_the_portal(school: ValleyHigh) -> Iterator[Page]:
    sealed = ticket("student-0042", event="picture", expires=WEDNESDAY + timedelta(days=20))
    unknown = ticket("", event="unknown", expires=WEDNESDAY + timedelta(days=20))
    number = {name: case.pk for name, case in school.cases.items()}
    yield Page("portal-welcome", "portal:home", "/")
    yield Page("portal-ask-student", "portal:ask", f"/ask?ticket={sealed}", look=ES)
    yield Page("portal-who-are-you", "portal:ask", f"/ask?ticket={unknown}")
    yield Page("portal-bad-ticket", "portal:ask", "/ask?ticket=none", status=400)
    yield Page("portal-receipt", "portal:receipt", receipts.link(school.cases["waits"].askings.get().pk))
    yield Page(
        "portal-receipt-private", "portal:receipt", receipts.link(school.cases["private"].askings.get().pk)
    )
    small = {"es-narrow-dark": {"language": "es", "width": 320, "dark": True}}
    yield Page("portal-home", "portal:home", "/", "mokafor", look=small)
    yield Page("portal-no-asking", "portal:home", "/", "auditor")
    yield Page("portal-code", "portal:code", "/ask/code", "mokafor")
    yield Page("portal-ask-teacher", "portal:new", "/ask/new/unblock", "rcastillo", look=DARK)
    for kind in ("resource", "should_block", "not_working"):
        yield Page(f"portal-ask-{kind.replace('_', '-')}", "portal:new", f"/ask/new/{kind}", "rcastillo")
    yield Page("portal-mine", "portal:mine", "/mine/", "mokafor", look=ES)
    for name in ("waits", "denied", "question", "private"):
        look = ES if name == "denied" else {}
        yield Page(f"portal-{name}", "portal:case", f"/mine/{number[name]}/", "mokafor", look=look)
    yield Page("portal-appealed", "portal:case", f"/mine/{number['appealed']}/", "jlindqvist")
    yield Page("portal-taken-back", "portal:case", f"/mine/{number['taken back']}/", "mokafor", look=ES)
    yield Page("portal-approved", "portal:case", f"/mine/{number['approved']}/", "rcastillo")
    yield Page("portal-answer", "portal:answer", f"/mine/{number['question']}/answer", "mokafor")
    yield Page("portal-appeal", "portal:appeal", f"/mine/{number['denied']}/appeal", "mokafor")
    yield Page("portal-guardian", "portal:guardian", f"/guardian/{number['denied']}/", "rcastillo")
    recorded = f"/guardian/{number['taken back']}/"
    yield Page("portal-guardian-recorded", "portal:guardian", recorded, "rcastillo")
    yield Page("portal-tell", "portal:tell", "/tell/", "mokafor")
    yield Page("portal-tell-stranger", "portal:tell", "/tell/")
    yield Page("portal-told", "portal:told", "/tell/done")
    yield Page("approved-list", "portal:approved", "/approved/", look=NARROW)


def _of_review(school: ValleyHigh) -> Iterator[Page]:
    number = {name: case.pk for name, case in school.cases.items()}
    yield Page("review-queue", "review:queue", "/queue/", "reviewer", look=DARK)
    yield Page("review-case", "review:case", f"/cases/{number['waits']}/", "reviewer")
    yield Page("review-decide", "review:case", f"/cases/{number['late']}/", "reviewer2")
    yield Page("review-opened", "review:case", f"/cases/{number['approved']}/", "reviewer")
    yield Page("review-private", "review:case", f"/cases/{number['private']}/", "counselor")
    yield Page("review-appeal", "review:case", f"/cases/{number['appealed']}/", "appeals")
    yield Page("review-returned", "review:case", f"/cases/{number['returned']}/", "appeals")
    yield Page("review-audited", "review:case", f"/cases/{number['denied']}/", "auditor")
    yield Page("review-appeals", "review:appeals", "/appeals/", "appeals")
    yield Page("review-openings", "review:openings", "/openings/", "reviewer")
    yield Page("review-tellings", "review:tellings", "/tellings/", "counselor")
    yield Page("review-due-times", "review:times", "/due-times/", "reviewer")


def _of_incidents(school: ValleyHigh) -> Iterator[Page]:
    number = {name: one.pk for name, one in school.incidents.items()}
    yield Page("incidents-list", "incidents:incidents", "/incidents/", "safeguarding", look=ES)
    yield Page("incidents-none", "incidents:incidents", "/incidents/?family=tor", "safeguarding")
    yield Page("incidents-waits", "incidents:incident", f"/incidents/{number['waits']}/", "safeguarding")
    yield Page(
        "incidents-end", "incidents:incident", f"/incidents/{number['taken']}/", "safeguarding", look=DARK
    )
    yield Page("incidents-ended", "incidents:incident", f"/incidents/{number['ended']}/", "auditor")
    yield Page("incidents-more", "incidents:incident", f"/incidents/{number['ended']}/", "safeguarding")
    yield Page("incidents-innocent", "incidents:innocent", "/incidents/innocent/", "safeguarding")


def _of_people(school: ValleyHigh) -> Iterator[Page]:
    yield Page("people-log-in", "people:login", "/account/login/", look=ES)
    yield Page("people-log-out", "people:logout", "/account/logout/", "mokafor")
    yield Page("people-account", "people:account", "/account/", "reviewer")
    yield Page("people-again", "account_reauthenticate", "/account/again/", "mokafor")
    yield Page("people-password", "account_change_password", "/account/password/", "mokafor")
    yield Page("people-cancelled", "socialaccount_login_cancelled", "/account/oidc/cancelled/")
    yield Page("people-failed", "socialaccount_login_error", "/account/oidc/failed/", status=401)
    yield Page("people-list", "people:people", "/people/", "admin")
    yield Page("people-person", "people:person", f"/people/{school.reviewer.pk}/", "admin")
    yield Page("people-new", "people:new", "/people/new/", "admin")
