"""Loading a whole directory."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from proxy.settings import Settings, load
from small_settings import SCHOOL, changed, write_settings


def said(directory: Path) -> list[str]:
    return [str(p).replace(f"{directory}/", "") for p in load(directory).problems]


def test_sound_settings_have_no_problem_and_survive_the_bundle(tmp_path: Path) -> None:
    loaded = load(write_settings(tmp_path))

    assert loaded.problems == ()
    assert loaded.settings is not None
    assert Settings.model_validate_json(loaded.settings.model_dump_json()) == loaded.settings


def test_parts_may_stand_in_any_file_but_only_once(tmp_path: Path) -> None:
    text = changed("strictest: students\n", "")
    assert load(write_settings(tmp_path, text, people="strictest: students\n")).settings is not None

    (tmp_path / "more.yaml").write_text("strictest: staff\n")
    assert said(tmp_path) == [
        "people.yaml:1:1: strictest: 'strictest' stands in two settings files\n"
        "    1 | strictest: students\n      | ^^^^^^^^^\n"
        "  hint: it is already in more.yaml, line 1; keep one of the two"
    ]


def test_all_problems_come_together_in_the_order_of_the_files(tmp_path: Path) -> None:
    text = changed("group: students}", "group: nobody}", changed("zone: America/Chicago", "zone: Mars"))
    text = changed("profile: middle, minor: true", "profile: middle", text)
    problems = load(write_settings(tmp_path, text, zz="proxy: {listn: 1}\n")).problems

    assert [(p.line, p.path) for p in problems] == [
        (1, "zone"),
        (14, "groups.students.minor"),
        (17, "networks.rooms.group"),
        (1, "proxy.listn"),
    ]


def test_an_id_that_is_used_twice_names_the_first_place(tmp_path: Path) -> None:
    text = changed("strictest: students\n", "strictest: students\nschools: [{id: students}]\n")
    (problem,) = said(write_settings(tmp_path, text))

    assert problem == (
        "school.yaml:14:10: groups.students.id: the id 'students' is used twice\n"
        "    14 |   - {id: students, profile: middle, minor: true}\n"
        "       |          ^^^^^^^^\n"
        "  hint: it is already used in school.yaml, line 19"
    )


def test_a_file_that_is_no_yaml_causes_no_problems_about_what_it_defines(tmp_path: Path) -> None:
    text = changed("schedules:\n", "schedules:\n\tx: 1\n")
    (problem,) = said(write_settings(tmp_path, text, more="classes: [{id: c, schedule: lunch}]\n"))

    assert problem.startswith("school.yaml:9:1: there is a tab where YAML allows only blanks")


def test_a_key_with_nothing_behind_it_counts_as_not_written(tmp_path: Path) -> None:
    assert load(write_settings(tmp_path, SCHOOL + "schools:\nroster:\ncalendar: ~\n")).problems == ()


def test_paths_start_at_the_settings_directory(tmp_path: Path) -> None:
    text = changed("gateway: {", "gateway: {state: ../state, ")
    settings = load(write_settings(tmp_path, text)).settings

    assert settings is not None
    assert settings.gateway.state == tmp_path.parent / "state"
    assert settings.lists.blocklists == tmp_path / "blocklists"


def test_lines_of_the_schools_own_lists_know_where_they_stand(tmp_path: Path) -> None:
    rule = "{site: example.org, owner: o, reason: r, since: 2026-01-01}"
    text = changed("title: Small District}", f"title: Small District,\n  block: [{rule}]}}")
    settings = load(write_settings(tmp_path, text)).settings

    assert settings is not None
    line = settings.district.block[0]
    assert (line.file, line.line) == ("school.yaml", 13)


def test_a_directory_that_is_not_there_is_said(tmp_path: Path) -> None:
    (problem,) = load(tmp_path / "none").problems
    assert str(problem) == (
        f"{tmp_path}/none: the settings directory cannot be read: No such file or directory\n"
        "  hint: name one with --config DIR"
    )


def test_a_directory_without_settings_is_said(tmp_path: Path) -> None:
    (problem,) = load(tmp_path).problems
    assert "there is no settings file (*.yaml) in this directory" in str(problem)


def test_a_directory_in_a_files_place_is_said(tmp_path: Path) -> None:
    directory = write_settings(tmp_path)
    (directory / "odd.yaml").mkdir()
    assert said(directory) == ["odd.yaml: the file cannot be read: Is a directory"]


def test_missing_blocklists_are_said_once_for_each_file(tmp_path: Path) -> None:
    directory = write_settings(tmp_path, changed("blocklists: blocklists", "blocklists: elsewhere"))
    assert [problem.split(" is missing")[0] for problem in said(directory)] == [
        f"school.yaml:7:21: lists.blocklists: {file}"
        for file in ("categories.yaml", "safe_search.yaml", "sources.yaml")
    ]


@pytest.mark.parametrize(
    "wrong", ["groups: x", "groups: [x]", "groups: {a: {id: a}}", "dns: [1]", "networks: [[]]"]
)
def test_a_part_of_a_wrong_shape_is_a_problem_and_no_error(wrong: str, tmp_path: Path) -> None:
    key = wrong.split(":")[0]
    lines = SCHOOL.splitlines()
    start = next(n for n, line in enumerate(lines) if line.startswith(f"{key}:"))
    end = next(n for n in range(start + 1, len(lines)) if not lines[n].startswith(" "))
    text = "\n".join([*lines[:start], wrong, *lines[end:]])

    assert load(write_settings(tmp_path, text)).problems


LINES = st.sampled_from(
    [*SCHOOL.splitlines(), "  - x", "    from: 25:00", "groups: 7", "devices: [{id: [a]}]", "  : :"]
)


@given(st.lists(LINES | st.text(max_size=30), max_size=25))
@hypothesis_settings(
    max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
def test_no_text_raises(tmp_path: Path, lines: list[str]) -> None:
    if not (tmp_path / "blocklists").exists():
        write_settings(tmp_path)
    (tmp_path / "school.yaml").write_text("\n".join(lines), encoding="utf-8", errors="replace")

    loaded = load(tmp_path)

    assert (loaded.settings is None) == bool(loaded.problems)
    assert all(str(problem) for problem in loaded.problems)


@pytest.mark.parametrize(
    "line",
    [
        'url: "https://:sesame@desk.example/", secret_file: /s',
        'url: "ftp://user:sesame@desk.example/", secret_file: /s',
        'url: "https://user:sesame@desk.example/", secret_file: /s}',
    ],
    ids=["password alone", "another fault too", "broken YAML"],
)
def test_a_password_in_an_address_is_in_no_message(tmp_path: Path, line: str) -> None:
    problems = said(write_settings(tmp_path, SCHOOL + f"incidents: {{webhook: {{{line}}}}}\n"))
    assert "desk.example" in "".join(problems)
    assert "sesame" not in "".join(problems)
