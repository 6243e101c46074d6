"""Files that the settings name."""

import subprocess
from datetime import date
from pathlib import Path

from proxy.commands.named_files import problems_in_files
from proxy.settings import load
from small_settings import SCHOOL, changed, write_settings

TODAY = date(2026, 11, 23)
LISTS = "blocklists: blocklists"
USERS = "sourcedId,status,role,username,orgSourcedIds,grades\n"


def said(directory: Path) -> list[str]:
    loaded = load(directory)
    assert loaded.problems == ()
    found = problems_in_files(loaded, TODAY)
    return [str(problem).replace(f"{directory}/", "") for problem in found]


def test_files_that_are_sound_have_no_problem(tmp_path: Path) -> None:
    assert said(write_settings(tmp_path)) == []


def test_settings_with_problems_name_no_files(tmp_path: Path) -> None:
    assert problems_in_files(load(tmp_path), TODAY) == []


def test_a_local_list_that_is_missing_is_said_where_it_is_named(tmp_path: Path) -> None:
    own = f"{LISTS}, local: [{{id: own, title: Own, file: own.txt, category: games}}]"
    (problem,) = said(write_settings(tmp_path, changed(LISTS, own)))

    assert problem.startswith("school.yaml:7:69: lists.local.own.file: own.txt: the list own cannot be read")


def test_lines_of_a_local_list_that_cannot_be_used_are_named(tmp_path: Path) -> None:
    own = f"{LISTS}, local: [{{id: own, title: Own, file: own.txt, category: games}}]"
    directory = write_settings(tmp_path, changed(LISTS, own))
    (directory / "own.txt").write_text("play.example.org\ncom\nplay.example.org\nnot a name\n")

    problems = said(directory)

    assert [problem.split(": ")[0] for problem in problems] == ["own.txt:2:1", "own.txt:4:1"]
    assert "public suffix" in problems[0]


def test_a_list_with_very_many_wrong_lines_is_cut_short(tmp_path: Path) -> None:
    own = f"{LISTS}, local: [{{id: own, title: Own, file: own.txt, category: games}}]"
    directory = write_settings(tmp_path, changed(LISTS, own))
    (directory / "own.txt").write_text("com\n" * 1000)

    problems = said(directory)

    assert len(problems) == 21
    assert "980 more lines of this list cannot be used" in problems[-1]


def test_a_category_file_with_mistakes_is_named_by_line(tmp_path: Path) -> None:
    directory = write_settings(tmp_path)
    file = directory / "blocklists" / "categories.yaml"
    file.write_text(file.read_text().replace("name: Games", "nam: Games"))

    problems = said(directory)

    assert problems
    assert all(problem.startswith("blocklists/categories.yaml:") for problem in problems)


def test_a_pass_through_name_at_or_around_the_floor_is_a_problem(tmp_path: Path) -> None:
    text = changed("title: Small District", "title: Small District, pass_through: [updates]")
    directory = write_settings(tmp_path, text)
    (directory / "blocklists" / "pass_through" / "updates.txt").write_text(
        "fine.example.org\nexample.com\ncdn.adult.example.com\n"
    )

    assert said(directory) == [
        f"blocklists/pass_through/updates.txt:{line}:1: updates: '{name}' would pass adult.example.com on "
        "uninspected, which pornography/starter.txt, line 2, lists\n"
        "  hint: a name that the law asks to block cannot be passed through"
        for line, name in ((2, "example.com"), (3, "cdn.adult.example.com"))
    ]


def test_an_essential_name_at_or_around_the_floor_is_a_problem(tmp_path: Path) -> None:
    names = "[fine.example.org, www.adult.example.com]"
    text = changed("gateway: {", f"gateway: {{fail_mode: essential, essential_names: {names}, ")
    (problem,) = said(write_settings(tmp_path, text))
    assert problem.startswith(
        "school.yaml:2:69: gateway.essential_names[1]: 'www.adult.example.com' would leave adult.example.com "
        "open, which pornography/starter.txt, line 2, lists\n"
    )


def test_a_choice_of_lists_without_the_floor_is_a_problem(tmp_path: Path) -> None:
    (problem,) = said(write_settings(tmp_path, changed(LISTS, f"{LISTS}, starter: false")))
    assert problem.startswith(
        "school.yaml:7:1: lists: no list in use is about 'pornography', which the law asks to block\n"
    )


def test_a_list_of_its_own_can_stand_for_the_floor(tmp_path: Path) -> None:
    own = "local: [{id: own, title: Own, file: own.txt, category: pornography}]"
    directory = write_settings(tmp_path, changed(LISTS, f"{LISTS}, starter: false, {own}"))
    (directory / "own.txt").write_text("adult.example.com\n")
    assert said(directory) == []


def test_a_roster_and_the_devices_of_its_people_are_read(tmp_path: Path) -> None:
    text = SCHOOL + (
        "roster: {users: users.csv, placements: [{group: students}]}\n"
        "devices:\n"
        "  - {id: one, addresses: 192.0.2.7, subject: s-1}\n"
        "  - {id: two, addresses: 192.0.2.8, subject: s-2}\n"
    )
    directory = write_settings(tmp_path, text)
    (directory / "users.csv").write_text(USERS + "s-1,active,student,a,o,06\ns-3,active,pirate,b,o,06\n")

    problems = said(directory)

    assert len(problems) == 2
    assert "users.csv:3" in problems[0]
    assert problems[1].startswith("school.yaml:22:46: devices.two.subject: nobody in the roster has this id")


def test_a_file_of_log_ins_and_one_of_authorities_are_read(tmp_path: Path) -> None:
    directory = write_settings(tmp_path, SCHOOL + "proxy: {htpasswd: logins, upstream_ca: ca.pem}\n")
    (directory / "logins").write_text("teacher:plain\n")
    (directory / "ca.pem").write_text("no certificate")

    problems = said(directory)

    assert len(problems) == 2
    assert problems[0].startswith("school.yaml:19:19: proxy.htpasswd: ")
    assert problems[1].startswith("school.yaml:19:40: proxy.upstream_ca: ")
    assert "teacher:plain" not in "".join(problems)


CONSOLE = """console:
  url: https://ask.example.org
  certificate: c.pem
  certificate_key: k.pem
  database: postgresql://console@db.example.org/x
  database_password_file: secrets/database
  mail: {host: mail.example.org, from: a@example.org, user: a, password_file: secrets/mail}
  oidc: {issuer: "https://accounts.example.org", client_id: x, client_secret_file: secrets/oidc}
"""


def test_files_of_the_console_that_are_missing_are_said_each_where_it_is_named(tmp_path: Path) -> None:
    problems = said(write_settings(tmp_path, SCHOOL + CONSOLE))

    assert [problem.split("\n")[0] for problem in problems] == [
        "school.yaml:21:16: console.certificate: c.pem cannot be used: No such file or directory",
        "school.yaml:24:27: console.database_password_file: secrets/database is not there",
        "school.yaml:25:79: console.mail.password_file: secrets/mail is not there",
        "school.yaml:26:84: console.oidc.client_secret_file: secrets/oidc is not there",
    ]


def test_files_of_the_console_that_are_there_have_no_problem(tmp_path: Path) -> None:
    directory = write_settings(tmp_path, SCHOOL + CONSOLE)
    (directory / "secrets").mkdir()
    for name in ("database", "mail", "oidc"):
        (directory / "secrets" / name).write_text("hidden\n")
    make = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=ask"
    words = [*make.split(), "-keyout", directory / "k.pem", "-out", directory / "c.pem"]
    subprocess.run(words, check=True, capture_output=True)

    assert said(directory) == []


def test_a_mistake_about_ways_around_the_filter_is_said_with_its_line(tmp_path: Path) -> None:
    directory = write_settings(tmp_path, bypass="bypass: {}\n")
    (directory / "blocklists" / "bypass").mkdir()
    (directory / "blocklists" / "bypass" / "vpn.yaml").write_text(
        "version: 1\nnames:\n  - {technique: vpn.app, source: seen, date: 2026-11-01, names: [vpn.example]}\n"
    )

    (problem,) = said(directory)

    assert problem.startswith("blocklists/bypass/vpn.yaml:3:17: names[0].technique: no technique is called")
