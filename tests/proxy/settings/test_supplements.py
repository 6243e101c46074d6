"""Search engines and pass-through lists."""

from pathlib import Path

from proxy.decision.policy import PassEntry, SafeSearchEngine
from proxy.settings import Settings, load
from proxy.settings.supplements import (
    Supplements,
    from_json,
    read_engines,
    read_pass_list,
    read_supplements,
    to_json,
)
from small_settings import changed, write_settings

SEEK = SafeSearchEngine(
    id="seek",
    hosts=frozenset({"www.seek.example", "seek.example"}),
    aliases={"strict": "safe.seek.example"},
    params={"strict": {"safe": "on"}},
    param_paths=("/find",),
)
PROJECT = Path(__file__).resolve().parents[3]


def settings_in(directory: Path) -> Settings:
    text = changed("title: Small District", "title: Small District, pass_through: [updates, own]")
    text += "pass_through: [{id: own, file: own.txt}]\n"
    (directory / "own.txt").write_text("bank.example.net\n")
    settings = load(write_settings(directory, text)).settings
    assert settings is not None
    return settings


def test_reads_engines_and_the_pass_lists_in_use(tmp_path: Path) -> None:
    supplements, problems = read_supplements(settings_in(tmp_path))

    assert problems == ()
    assert supplements.engines[0] == SEEK
    assert supplements.pass_lists == {
        "own": (PassEntry("bank.example.net", "own", 1),),
        "updates": (PassEntry("push.example.org", "updates", 3),),
    }


def test_supplements_survive_the_bundle(tmp_path: Path) -> None:
    supplements, _ = read_supplements(settings_in(tmp_path))
    assert from_json(to_json(supplements)) == supplements
    assert from_json(to_json(Supplements())) == Supplements()


def test_equal_supplements_are_equal_bytes(tmp_path: Path) -> None:
    engine = SafeSearchEngine(id="e", hosts=frozenset(f"h{n}.example" for n in range(50)))
    other = SafeSearchEngine(id="e", hosts=frozenset(f"h{n}.example" for n in reversed(range(50))))
    assert to_json(Supplements((engine,))) == to_json(Supplements((other,)))


def test_wrong_engines_are_named_by_line(tmp_path: Path) -> None:
    file = tmp_path / "safe_search.yaml"
    file.write_text(
        "version: 1\nengines:\n  - id: e\n    title: E\n    levels: [stric]\n    hosts: [e.example]\n"
    )

    engines, problems = read_engines(file)

    assert engines == ()
    assert [str(problem) for problem in problems] == [
        f"{file}:5:14: engines.e.levels[0]: 'stric' is not one of the choices\n"
        "    5 |     levels: [stric]\n      |              ^^^^^\n"
        "  hint: did you mean 'strict'? Known: strict, moderate"
    ]


def test_a_host_of_two_engines_is_a_problem(tmp_path: Path) -> None:
    file = tmp_path / "safe_search.yaml"
    item = "  - {id: ID, title: T, levels: strict, hosts: same.example}\n"
    file.write_text("version: 1\nengines:\n" + item.replace("ID", "one") + item.replace("ID", "two"))

    _, (problem,) = read_engines(file)

    assert (problem.line, problem.message) == (4, "'same.example' is already a host of one")


def test_a_missing_file_is_a_problem(tmp_path: Path) -> None:
    assert "cannot be read" in str(read_engines(tmp_path / "none.yaml")[1][0])
    assert "cannot be read" in str(read_pass_list("x", tmp_path / "none.txt")[1][0])


def test_wrong_lines_of_a_pass_list_are_named_and_the_others_count(tmp_path: Path) -> None:
    file = tmp_path / "list.txt"
    file.write_text("# title: t\nGOOD.example.org.\nbad name\n192.0.2.1\ncom\n")

    entries, problems = read_pass_list("list", file)

    assert entries == (PassEntry("good.example.org", "list", 2),)
    assert [(problem.line, problem.message) for problem in problems] == [
        (3, "'bad name' is not a host name: it has characters that no host name has: ' '"),
        (4, "'192.0.2.1' is an address; pass-through goes by name"),
        (5, "'com' would pass through a whole top-level domain"),
    ]


def test_the_projects_engines_hold_every_country_of_google_and_both_levels_of_youtube() -> None:
    engines, problems = read_engines(PROJECT / "blocklists" / "safe_search.yaml")
    by_id = {engine.id: engine for engine in engines}

    assert problems == ()
    assert set(by_id) == {
        "google", "bing", "brave", "duckduckgo", "youtube", "pixabay", "yandex", "ecosia", "yahoo",
    }  # fmt: skip
    assert len(by_id["google"].hosts) > 180
    assert {"www.google.com", "www.google.de", "www.google.co.uk", "www.google.com.br"} <= by_id[
        "google"
    ].hosts
    assert by_id["google"].aliases == {"strict": "forcesafesearch.google.com"}
    assert by_id["google"].params == {"strict": {"safe": "active"}}
    assert by_id["bing"].params == {"strict": {"adlt": "strict"}}
    assert by_id["duckduckgo"].params == {"strict": {"kp": "1"}}
    assert by_id["yahoo"].params == {"strict": {"vm": "r"}}
    assert {"search.yahoo.com", "uk.images.search.yahoo.com"} <= by_id["yahoo"].hosts
    assert by_id["youtube"].aliases == {
        "strict": "restrict.youtube.com",
        "moderate": "restrictmoderate.youtube.com",
    }
    assert by_id["youtube"].headers == {
        "strict": {"YouTube-Restrict": "Strict"},
        "moderate": {"YouTube-Restrict": "Moderate"},
    }
