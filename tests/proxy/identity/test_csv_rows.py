"""Rows of a CSV file with their lines."""

from pathlib import Path

from proxy.identity.csv_rows import Problems, rows


def read(file: Path, content: str) -> tuple[list[tuple[int, str, str]], list[str]]:
    file.write_text(content, encoding="utf-8")
    problems = Problems()
    found = [(row.line, row["id"], row["note"]) for row in rows(file, ("id",), problems)]
    return found, [f"{problem.line}: {problem.message}" for problem in problems.found]


def test_each_row_knows_its_line_even_after_a_cell_of_several_lines(tmp_path: Path) -> None:
    assert read(tmp_path / "a.csv", 'id,note\n1,"x\ny"\n\n2, z \n') == ([(3, "1", "x\ny"), (5, "2", "z")], [])


def test_an_absent_column_is_empty(tmp_path: Path) -> None:
    assert read(tmp_path / "a.csv", "id\n1\n") == ([(2, "1", "")], [])


def test_rows_that_cannot_be_used_are_left_out_and_the_others_count(tmp_path: Path) -> None:
    assert read(tmp_path / "a.csv", "id,note\n1\n,x\n3,y\n") == (
        [(4, "3", "y")],
        ["2: has 1 cells, the header has 2", "3: has no id"],
    )


def test_a_row_that_is_not_in_use_may_be_incomplete(tmp_path: Path) -> None:
    found, problems = read(tmp_path / "a.csv", "id,status\n,tobedeleted\n")
    assert (len(found), problems) == (1, [])
