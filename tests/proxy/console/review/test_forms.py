from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import ValidationError
from django.http import QueryDict

from proxy.console.review.answering import Answer
from proxy.console.review.forms.checklist import QUESTIONS, ChecklistForm
from proxy.console.review.forms.decide import REACHES, WORDS, DecideForm, words_of
from proxy.console.review.forms.filters import KINDS, SHOWN, WHOSE, Filters
from proxy.console.review.forms.moments import SchoolMoment
from proxy.console.review.forms.talk import AskForm, HandOverForm, KeepForm, RevokeForm, TakeUpForm
from proxy.console.review.opened import Opened
from proxy.console.review.queues import Show, Wanted, Whose
from proxy.console.review.states import Kind, Reach

CHICAGO = ZoneInfo("America/Chicago")
FRIDAY = datetime(2026, 12, 4, 21, 0, tzinfo=UTC)
ASKED = Opened("physics.example", Reach.PATH, "/labs", audience={"classes": ("p3", "p4")}, ends=FRIDAY)
ALL = (Answer.APPROVE, Answer.NARROW, Answer.CORRECT, Answer.DENY)
CLEAN = {f"decide-{name}": "no" for name, _ in QUESTIONS} | {"decide-reason": "so"}


def sent(**fields):
    data = QueryDict(mutable=True)
    for name, value in fields.items():
        data.setlist(name, value if isinstance(value, list) else [value])
    return data


def decide(fields=None, **more):
    values = {
        "kind": Kind.UNBLOCK,
        "answers": ALL,
        "asked": ASKED,
        "people": [("classes:p3", "P3"), ("classes:p4", "P4")],
        "chosen": ["classes:p3", "classes:p4"],
        "zone": CHICAGO,
        "seen": 7,
    } | more
    return DecideForm(sent(**fields) if fields is not None else None, **values)


class TestSchoolMoment:
    @pytest.mark.parametrize(
        ("text", "moment"),
        [
            ("2026-12-18T15:00", datetime(2026, 12, 18, 21, 0, tzinfo=UTC)),
            ("2026-07-01T15:00", datetime(2026, 7, 1, 20, 0, tzinfo=UTC)),
            ("2026-11-01T01:30", datetime(2026, 11, 1, 6, 30, tzinfo=UTC)),  # twice on that night: the first
            ("", None),
        ],
    )
    def test_it_is_read_in_school_time(self, text, moment):
        assert SchoolMoment(CHICAGO, required=False).clean(text) == moment

    @pytest.mark.parametrize(
        "text", ["soon", "2026-13-01T00:00", "2026-12-18T15:00Z", "0001-01-01T00:00", "9999-12-31T23:59"]
    )
    def test_what_is_none_is_refused(self, text):
        with pytest.raises(ValidationError):
            SchoolMoment(CHICAGO).clean(text)

    def test_it_is_shown_in_school_time_and_what_was_typed_stays(self):
        field = SchoolMoment(CHICAGO)

        assert field.prepare_value(FRIDAY) == "2026-12-04T15:00"
        assert field.prepare_value("so") == "so"


class TestChecklist:
    def test_three_answers(self):
        form = ChecklistForm(
            sent(obscene="no", child_pornography="no", harmful_to_minors="yes", harmful_to_minors_note="x")
        )

        assert form.is_valid()
        checklist = form.checklist()
        assert (checklist.obscene.yes, checklist.harmful_to_minors.yes, checklist.harmful_to_minors.note) == (
            False,
            True,
            "x",
        )

    @pytest.mark.parametrize("name", [name for name, _ in QUESTIONS])
    def test_each_is_needed_and_a_yes_says_what_was_seen(self, name):
        others = {other: "no" for other, _ in QUESTIONS if other != name}

        assert list(ChecklistForm(sent(**others)).errors) == [name]
        assert list(ChecklistForm(sent(**others, **{name: "yes"})).errors) == [f"{name}_note"]
        assert list(ChecklistForm(sent(**others, **{name: "maybe"})).errors) == [name]

    def test_none_where_none_is_asked_for(self):
        form = ChecklistForm(sent(), asks_checklist=False)

        assert form.is_valid()
        assert form.checklist() is None


class TestDecide:
    def test_as_asked_opens_what_was_asked_for_whatever_else_is_sent(self):
        form = decide(
            CLEAN
            | {"decide-answer": "approve", "decide-reach": "site", "decide-ends": "x", "decide-people": "y"}
        )

        assert form.is_valid(), form.errors
        assert form.given().opened == ASKED

    def test_narrowed(self):
        form = decide(
            CLEAN
            | {
                "decide-answer": "narrow",
                "decide-reach": "page",
                "decide-path": "/labs//optics/../lenses",
                "decide-people": ["classes:p3"],
                "decide-ends": "2026-12-03T12:00",
                "decide-seen": "9",
            }
        )

        assert form.is_valid(), form.errors
        given = form.given()
        assert given.opened == Opened(
            "physics.example",
            Reach.PAGE,
            "/labs/lenses",
            None,
            {"classes": ("p3",)},
            None,
            datetime(2026, 12, 3, 18, 0, tzinfo=UTC),
        )
        assert (given.answer, given.seen, given.reason) == (Answer.NARROW, 9, "so")

    def test_only_reaches_within_what_was_asked_are_offered(self):
        assert [value for value, _ in decide().fields["reach"].choices] == ["path", "page"]

    def test_showing_does_not_need_the_rest(self):
        form = decide(
            {
                "show": "1",
                "decide-reach": "page",
                "decide-path": "/labs/x",
                "decide-people": ["classes:p4"],
                "decide-ends": "2026-12-03T12:00",
            }
        )
        form.is_valid()

        form.keep_terms_alone()

        assert not form.errors
        assert form.opened(shown=True).audience == {"classes": ("p4",)}
        assert form.shows_terms

    def test_showing_says_what_is_too_wide(self):
        form = decide(
            {
                "show": "1",
                "decide-path": "/",
                "decide-people": ["classes:p4"],
                "decide-ends": "2026-12-03T12:00",
            }
        )
        form.is_valid()

        form.keep_terms_alone()

        assert list(form.errors) == ["path"]

    def test_the_form_begins_with_what_was_asked(self):
        form = decide()

        assert form["path"].value() == "/labs"
        assert form["people"].value() == ["classes:p3", "classes:p4"]
        assert form["ends"].value() == "2026-12-04T15:00"
        assert form["seen"].value() == 7
        assert form["answer"].value() is None
        assert not form.shows_terms

    def test_a_correction_names_the_category_where_that_is_not_clear(self):
        without = decide(CLEAN | {"decide-answer": "correct"}, categories=[("games", "Games")])
        named = decide(
            CLEAN | {"decide-answer": "correct", "decide-category": "games"}, categories=[("games", "Games")]
        )

        assert list(without.errors) == ["category"]
        assert named.is_valid()
        assert named.given().category == "games"

    def test_a_fault_opens_nothing(self):
        form = decide(
            {"decide-answer": "approve", "decide-reason": "the cable"},
            kind=Kind.NOT_WORKING,
            answers=(Answer.APPROVE, Answer.DENY),
            asked=None,
        )

        assert form.is_valid(), form.errors
        assert (form.given().opened, form.given().checklist) == (None, None)

    @pytest.mark.parametrize("kind", Kind)
    @pytest.mark.parametrize("appealed", [False, True])
    def test_every_answer_has_words(self, kind, appealed):
        for answer in WORDS[kind]:
            assert words_of(answer, kind, appealed=appealed)


class TestFilters:
    def test_the_address_says_what_is_wanted(self):
        filters = Filters(
            QueryDict("text=phys&kind=unblock&school=oak&show=denied&whose=mine"), [("oak", "Oak")]
        )

        assert filters.wanted() == Wanted(Kind.UNBLOCK, "oak", Show.DENIED, Whose.MINE, "phys")
        assert not filters.errors

    def test_nothing_said_is_all_that_is_due(self):
        assert Filters(QueryDict(""), []).wanted() == Wanted()

    def test_the_whole_district_is_not_any_school(self):
        assert Filters(QueryDict("school=-"), []).wanted().school == ""

    def test_what_is_wrong_does_not_count(self):
        filters = Filters(QueryDict("kind=x&school=y&show=z&whose=w&text=" + "a" * 300), [])

        assert filters.wanted() == Wanted()
        assert set(filters.errors) == {"kind", "school", "show", "whose", "text"}

    def test_appeals_have_no_states_to_choose(self):
        assert "show" not in Filters(QueryDict(""), [], appealed=True).fields

    def test_every_choice_has_words(self):
        assert (set(KINDS), set(SHOWN), set(WHOSE), set(REACHES)) == (
            set(Kind),
            set(Show),
            set(Whose),
            set(Reach),
        )


@pytest.mark.parametrize(
    ("form", "fields", "longest"),
    [
        (AskForm, {"ask-question": "Which?"}, 2000),
        (RevokeForm, {"revoke-reason": "changed"}, 2000),
        (KeepForm, {"keep-reason": "used"}, 2000),
        (TakeUpForm, {"note": "noon"}, 2000),
    ],
)
def test_words_are_needed_and_not_endless(form, fields, longest):
    [(name, _)] = fields.items()

    assert form(sent(**fields)).is_valid()
    assert not form(sent(**{name: "x" * (longest + 1)})).is_valid()
    assert form(sent(**{name: " "})).is_valid() is (form is TakeUpForm)


def test_a_case_goes_only_to_whom_it_can():
    targets = [("duty:technician", "Any technician")]

    assert HandOverForm(sent(**{"hand-to": "duty:technician", "hand-note": "a list"}), targets).is_valid()
    assert list(HandOverForm(sent(**{"hand-to": "duty:auditor", "hand-note": "a list"}), targets).errors) == [
        "to"
    ]
    assert set(HandOverForm(sent(), targets).errors) == {"to", "note"}
