"""How a problem is printed."""

from proxy.settings.problem import Problem, suggestion


def test_a_problem_shows_place_line_caret_and_hint() -> None:
    problem = Problem(
        "config/school.yaml",
        3,
        13,
        "    block: [adlut, gambling]",
        "groups.students.block",
        "no category is called 'adlut'",
        "did you mean 'adult'?",
        5,
    )

    assert str(problem) == (
        "config/school.yaml:3:13: groups.students.block: no category is called 'adlut'\n"
        "    3 |     block: [adlut, gambling]\n"
        "      |             ^^^^^\n"
        "  hint: did you mean 'adult'?"
    )


def test_a_problem_with_a_whole_file_shows_no_line() -> None:
    assert str(Problem("config", 0, 0, "", "", "there is no file")) == "config: there is no file"


def test_a_very_long_line_is_shown_around_the_column() -> None:
    line = "x" * 5000 + "HERE" + "y" * 5000
    shown = str(Problem("a.yaml", 7, 5001, line, "", "wrong", "", 4)).split("\n")

    assert len(shown[1]) < 200
    assert shown[1][shown[2].index("^") :].startswith("HERE")
    assert shown[2].count("^") == 4


def test_control_characters_of_a_line_are_not_printed() -> None:
    assert "\x1b" not in str(Problem("a.yaml", 1, 1, "\x1b[2J: 1", "", "wrong"))


def test_a_suggestion_names_the_nearest_and_at_most_twelve() -> None:
    assert suggestion("adlut", ["adult", "games"]) == "did you mean 'adult'? Known: adult, games"
    assert suggestion("x", []) == "none is defined"
    assert suggestion("zz", [f"n{i:02}" for i in range(14)], where="a.yaml").endswith(
        "n11 and 2 more (a.yaml)"
    )
