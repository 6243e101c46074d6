"""What an approval opens: in every worker of resolver and proxy, for whom it is for, until its end."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from every_worker import EveryWorker
from proxy.bundle.layout import Layout, Part
from proxy.bundle.overlay import Overlay
from proxy.bundle.publish_overlay import publish_overlay
from proxy.console.people.duties import DutyKind
from proxy.console.review import desk, openings
from proxy.console.review.models import Case
from proxy.console.review.states import Reach
from proxy.console.site import clock
from proxy.console.site.config import config, use
from review_office import SCHOOL, Office
from running_filter import RunningFilter

pytestmark = [pytest.mark.processes, pytest.mark.timeout(300), pytest.mark.django_db(transaction=True)]

PUPIL, OTHER, UNKNOWN = "127.0.2.17", "127.0.2.5", "127.0.0.1"
CLASS, GAMES = "cls-homeroom-7b", "games.demo.test"


def with_another_pupil(people: dict[str, Any]) -> None:
    """A device of a pupil in another class; at her school as in the other one games are blocked."""
    people["devices"].append(
        {"id": "chromebook-0005", "addresses": OTHER, "subject": "student-0005", "inspect": True}
    )


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningFilter]:
    with RunningFilter(tmp_path_factory.mktemp("approved"), people=with_another_pupil) as filter_:
        yield filter_


@pytest.fixture
def workers(running: RunningFilter) -> Iterator[EveryWorker]:
    """All workers, with nothing approved; the desk's state is the filter's."""
    before = config()
    use(replace(before, state=running.state))
    asked = EveryWorker(running)
    publish_overlay(Overlay(), running.state)
    in_force(asked)
    yield asked
    use(before)


def in_force(workers: EveryWorker) -> None:
    """Wait until every worker has taken up the overlay that is published."""
    state = workers.running.state
    workers.running.poll(
        lambda: set(workers.overlays()) == {Layout(state).current(Part.OVERLAY)},
        90,
        "an overlay is not taken up",
    )


def approved(office: Office, **fields: Any) -> Case:
    """An approval by the desk for the pupil's class, for an hour."""
    now = clock.now()
    what = {
        "by": "teacher",
        "host": GAMES,
        "audience": {"classes": [CLASS]},
        "ends": now + timedelta(hours=1),
    }
    return office.approved(at=now, **(what | fields))


def page(running: RunningFilter, path: str = "/", scheme: str = "http", host: str = GAMES) -> str:
    port = running.origin_https if scheme == "https" else running.origin_http
    return f"{scheme}://{host}:{port}{path}"


@pytest.fixture
def office(workers: EveryWorker) -> Office:
    return Office()


def test_an_approval_opens_the_site_and_revoking_closes_it(workers: EveryWorker, office: Office) -> None:
    url = page(workers.running)
    assert not workers.opens(GAMES, PUPIL)
    assert not workers.shows(url, PUPIL)

    case = approved(office)
    in_force(workers)
    assert workers.opens(GAMES, PUPIL)
    assert workers.shows(url, PUPIL)
    assert workers.shows(page(workers.running, scheme="https"), PUPIL)

    desk.revoke(case.pk, office.reviewer, at=clock.now(), reason="not needed any more")
    in_force(workers)
    assert not workers.opens(GAMES, PUPIL)
    assert not workers.shows(url, PUPIL)


def test_it_ends_by_itself_though_nothing_is_published(workers: EveryWorker, office: Office) -> None:
    url, revision = page(workers.running), opened_for_a_while(workers, office)

    def is_shut() -> bool:
        return not (workers.opens(GAMES, PUPIL) or workers.shows(url, PUPIL))

    workers.running.poll(lambda: ignoring_differences(is_shut), 120, "the end does not come")
    assert not workers.opens(GAMES, PUPIL)
    assert not workers.shows(url, PUPIL)
    assert Layout(workers.running.state).current(Part.OVERLAY) == revision


def opened_for_a_while(workers: EveryWorker, office: Office) -> int | None:
    """Approve for as short as lets every worker be seen open on this machine; the overlay's revision."""
    for seconds in (10, 30, 90):
        ends = clock.now() + timedelta(seconds=seconds)
        approved(office, ends=ends)
        in_force(workers)
        opened = ignoring_differences(
            lambda: workers.opens(GAMES, PUPIL) and workers.shows(page(workers.running), PUPIL)
        )
        if clock.now() < ends:
            assert opened
            return Layout(workers.running.state).current(Part.OVERLAY)
    raise AssertionError("the machine is too slow to see anything open")


def ignoring_differences(condition: Callable[[], bool]) -> bool:
    """While the end comes, one worker may see it before the other."""
    try:
        return condition()
    except AssertionError:
        return False


@pytest.mark.parametrize(
    "source", [pytest.param(OTHER, id="another class"), pytest.param(UNKNOWN, id="nobody known")]
)
def test_it_opens_nothing_for_others(workers: EveryWorker, office: Office, source: str) -> None:
    approved(office)
    in_force(workers)
    assert workers.opens(GAMES, PUPIL)
    assert not workers.opens(GAMES, source)
    assert not workers.shows(page(workers.running), source)
    assert not workers.shows(page(workers.running, scheme="https"), source)


@pytest.mark.parametrize(
    ("audience", "school", "opens"),
    [
        pytest.param({"subjects": ["student-0017"]}, SCHOOL, {PUPIL}, id="one person"),
        pytest.param({"grades": ["07"]}, SCHOOL, {PUPIL}, id="a grade"),
        pytest.param({"schools": [SCHOOL]}, SCHOOL, {PUPIL}, id="a school"),
        pytest.param({"groups": ["elementary"]}, SCHOOL, set(), id="a group, as far as it is of the school"),
        pytest.param({"schools": ["maple-elementary"]}, "", {OTHER}, id="another school, by the district"),
        pytest.param(
            {"groups": ["elementary"]}, "", {OTHER, UNKNOWN}, id="a group, which is where the unknown are"
        ),
    ],
)
def test_whom_an_audience_means(
    workers: EveryWorker, office: Office, audience: dict[str, list[str]], school: str, opens: set[str]
) -> None:
    if school != SCHOOL:
        office.charge(office.reviewer, DutyKind.REVIEWER, school)
    approved(office, audience=audience)
    in_force(workers)
    assert {source for source in (PUPIL, OTHER, UNKNOWN) if workers.opens(GAMES, source)} == opens
    assert {
        source for source in (PUPIL, OTHER, UNKNOWN) if workers.shows(page(workers.running), source)
    } == opens


@pytest.mark.parametrize("scheme", ["http", "https"])
@pytest.mark.parametrize(
    ("asked", "opens"),
    [
        pytest.param({"reach": Reach.PATH, "path": "/chess"}, {"/chess", "/chess/club?x=1"}, id="a path"),
        pytest.param({"reach": Reach.PAGE, "path": "/chess"}, {"/chess"}, id="a page"),
        pytest.param(
            {"reach": Reach.PAGE, "path": "/chess/club", "query": "x=1"},
            {"/chess/club?x=1"},
            id="a page and its query",
        ),
    ],
)
def test_one_address_under_a_blocked_site(
    workers: EveryWorker, office: Office, asked: dict[str, Any], opens: set[str], scheme: str
) -> None:
    approved(office, **asked)
    in_force(workers)
    paths = ("/", "/chess", "/chess/club?x=1", "/chess/club?x=2", "/chessboard", "/other")
    shown = {path for path in paths if workers.shows(page(workers.running, path, scheme), PUPIL)}
    assert shown == (opens | {"/chess/club?x=2"} if asked["reach"] is Reach.PATH else opens)
    # The proxy decides page by page, so its clients get the site's address; nobody else does.
    assert workers.opens(GAMES, PUPIL)
    assert not workers.opens(GAMES, OTHER)
    assert not workers.shows(page(workers.running, "/chess", scheme), OTHER)
    assert not workers.shows(page(workers.running, "/chess", scheme), UNKNOWN)


def test_what_begins_later_opens_nothing_yet(workers: EveryWorker, office: Office) -> None:
    now = clock.now()
    approved(office, begins=now + timedelta(hours=1), ends=now + timedelta(hours=2))
    in_force(workers)
    assert not workers.opens(GAMES, PUPIL)
    assert not workers.shows(page(workers.running), PUPIL)


def test_the_timers_put_back_what_was_written_over(workers: EveryWorker, office: Office) -> None:
    approved(office)
    publish_overlay(Overlay(), workers.running.state)
    in_force(workers)
    assert not workers.opens(GAMES, PUPIL)
    assert openings.publish_now(clock.now())
    in_force(workers)
    assert workers.opens(GAMES, PUPIL)
