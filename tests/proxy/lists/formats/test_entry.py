"""Entries and complaints."""

from proxy.lists.formats.entry import MAX_SHOWN, Reach, Why, complain


def test_a_complaint_names_line_reason_text_and_remedy():
    said = complain(7, Why.NOT_A_NAME, "a..b", "it has an empty label")

    assert str(said) == "line 7: not a name: 'a..b': it has an empty label"


def test_a_complaint_shows_no_more_of_a_long_line_than_can_be_read():
    assert len(complain(1, Why.TOO_LONG, "x" * 9999, "long").text) == MAX_SHOWN


def test_only_lines_that_would_do_harm_count_as_refused():
    assert {why for why in Why if why.is_refusal} == {Why.PUBLIC_SUFFIX, Why.TOO_WIDE, Why.EXPRESSION}


def test_reaching_all_is_reaching_itself_and_below():
    assert Reach.SELF | Reach.BELOW == Reach.ALL
