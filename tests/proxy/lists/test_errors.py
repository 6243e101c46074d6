"""Problems and errors of lists."""

from proxy.lists.errors import ListsProblem, Problem


def test_a_problem_names_file_line_column_and_remedy():
    problem = Problem("x.yaml", 3, 13, "no category is called 'adlut'", "did you mean 'adult'?")

    assert str(problem) == "x.yaml:3:13: no category is called 'adlut'\n  hint: did you mean 'adult'?"


def test_a_problem_of_a_whole_file_names_no_line():
    assert str(Problem("x.yaml", 0, 0, "cannot be read")) == "x.yaml: cannot be read"


def test_an_error_holds_all_problems():
    problems = (Problem("x", 1, 1, "a"), Problem("x", 2, 1, "b"))

    assert str(ListsProblem(problems)) == "x:1:1: a\nx:2:1: b"
