from dataclasses import fields, replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proxy.decision.request import Stage
from proxy.decision.verdict import Action, Handling, Reason
from proxy.journal import Event, Wanted, microseconds
from proxy.journal.codec import pack_template, unpack_template
from proxy.journal.ids import event_id
from proxy.journal.rows import COLUMNS, MARK, condition, constant_values, event_of, read, spelled
from recorded import NOON, PLAIN, SEEN

AT_US = microseconds(NOON)
ANY_TEXT = st.text(st.characters(codec=None, exclude_categories=()))


def row_of(event, boot, sequence):
    constants = unpack_template(pack_template(event))
    source = (event.gateway, event.worker, boot, event.client, event.subject)
    return (sequence, microseconds(event.time), event.duration_us, *source, *constant_values(constants))


@given(ANY_TEXT)
def test_any_text_comes_back_and_is_utf_8_meanwhile(text):
    assert read(spelled(text)) == text
    spelled(text).encode()


@pytest.mark.parametrize(
    "text", ["\ud800", "\udfff\ud800", MARK, MARK + "\U00100000", MARK + "a", f"a\udcffb{MARK}"]
)
def test_half_a_surrogate_pair_comes_back(text):
    assert read(spelled(text)) == text


def test_ordinary_text_stays_as_it_is():
    assert spelled("https://bücher.example/💡") == "https://bücher.example/💡"


@pytest.mark.parametrize("stage", Stage)
@pytest.mark.parametrize("action", Action)
@pytest.mark.parametrize("handling", Handling)
def test_a_row_gives_the_event_that_it_was_made_of(stage, action, handling):
    kinds = {"stage": stage, "action": action, "handling": handling, "reason": Reason.CATEGORY}
    names = {
        "gateway": "g",
        "worker": "w",
        "list_id": "l",
        "rule": "r",
        "category": "c",
        "ticket": "7KQ29FXM",
        "signs": SEEN,
    }
    event = replace(PLAIN, id=event_id(AT_US, 9, 4), referring_host="a.example", **kinds, **names)

    assert event_of(row_of(event, 9, 4)) == event


def test_every_field_of_an_event_has_its_column_or_makes_up_its_id():
    renamed = {"group": "grp", "time": "time_us"}
    columns = {renamed.get(field.name, field.name) for field in fields(Event)} - {"id"}

    assert {*COLUMNS} == columns | {"sequence", "boot"}


def test_a_row_of_a_kind_that_is_not_known_is_none():
    row = ["teleport" if value == "http" else value for value in row_of(PLAIN, 1, 1)]

    assert event_of(row) is None


def test_a_condition_names_only_what_is_asked_for_and_holds_no_text():
    wanted = Wanted(since=NOON, until=NOON + timedelta(hours=1), host="example.org", action=Action.BLOCK)

    assert condition(wanted) == (
        "time_us >= $begin and time_us < $end and (host = $host or ends_with(host, $below_host)) "
        "and action = $action",
        {
            "begin": AT_US,
            "end": AT_US + 3_600_000_000,
            "host": "example.org",
            "below_host": ".example.org",
            "action": "block",
        },
    )
