"""`schoolgate lists`, run as a technician runs it."""

import argparse
import hashlib
import json
import sys

import pytest

from list_origin import list_origin
from list_world import CATEGORIES_YAML, build, source
from proxy.commands.lists import register
from proxy.lists.formats import Format
from small_settings import changed, write_settings

SOURCE = """\
version: 1
sources:
  - id: toys
    title: Toys
    url: {url}
    sha256: {sha256}
    licence: MIT
    format: domains
    category: games
"""
STARTER = """\
# title: Adult
# category: pornography
# licence: CC0-1.0
# date: 2026-11-21
# belongs: Adult pages.
adult.example.com
"""


@pytest.fixture
def blocklists(tmp_path):
    directory = tmp_path / "blocklists"
    directory.mkdir()
    (directory / "categories.yaml").write_text(CATEGORIES_YAML)
    return directory


@pytest.fixture
def lists(blocklists, tmp_path, capsys):
    """Run the command and return its exit status and what it printed."""

    def run(part, *words):
        parser = argparse.ArgumentParser()
        register(parser.add_subparsers())
        where = ["--config", str(tmp_path / "config"), "--blocklists", str(blocklists)]
        args = parser.parse_args(["lists", part, *map(str, words), *where])
        status = args.run(args)
        printed = capsys.readouterr()
        return int(status), printed.out.splitlines(), printed.err

    return run


def written(tmp_path, name, text):
    path = tmp_path / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def test_stats_count_each_list_and_explain_every_line_that_was_not_taken(lists, tmp_path):
    path = written(
        tmp_path,
        "games-hosts.txt",
        "# x\n0.0.0.0 a.example\n0.0.0.0 a.example\n0.0.0.0 com\n192.0.2.7 b.example\n",
    )

    status, lines, _ = lists("stats", "--lines", path)

    assert status == 0
    assert lines[1].split() == ["games-hosts.txt", "hosts", "games", "4", "1", "1", "0", "0", "0", "0"]
    assert [line.strip() for line in lines[2:-1]] == [
        "1 not taken: repeated",
        "1 refused: public suffix",
        "1 not taken: redirect",
        "line 3: repeated: 'a.example': as in line 2",
        "line 4: public suffix: 'com': a name without a dot is a whole top-level domain; "
        "blocking it would block all below it",
        "line 5: redirect: '192.0.2.7 b.example': it sends the name to 192.0.2.7, which is not a block",
    ]


def test_stats_name_what_no_reader_is_for_and_what_has_no_category(lists, tmp_path):
    written(tmp_path, "heap/AS.txt", "AS64500 # x\n")
    written(tmp_path, "heap/odd.txt", "a.example\n")

    status, lines, _ = lists("stats", tmp_path / "heap")

    assert status == 1
    assert lines[1].split()[2] == "unmapped"
    assert lines[-1].startswith("unsupported: AS.txt: 1 lines: it lists autonomous systems")


def test_stats_as_json(lists, tmp_path):
    path = written(tmp_path, "games.txt", "a.example\nb c\n")

    data = json.loads("".join(lists("stats", "--json", "--lines", path)[1]))

    assert data["lists"][0]["entries"] == 2
    assert data["lists"][0]["reasons"] == {"not a name": 1}
    assert [said["line"] for said in data["lists"][0]["lines"]] == [2]


def test_lint_names_file_and_line_and_says_so_by_its_exit_status(lists, tmp_path):
    path = written(tmp_path, "games.txt", "a.example\nb c\n")

    assert lists("lint", path)[:2] == (
        1,
        [f"{path}:2: not a name: 'b c' a line of this format holds one name and no more", "1 complaints"],
    )
    assert lists("lint", "--format", "tsv", path)[0] == 1
    assert lists("lint", written(tmp_path, "fine.txt", "a.example\n"))[:2] == (0, ["every line is taken"])


@pytest.mark.parametrize(
    ("what", "line"),
    [
        ("WWW.a.example", "a.example  games  toys, line 2  (name)"),
        ("192.0.2.9", "192.0.2.0/24  games  net, line 1  (address)"),
        ("2001:db8::7", "2001:db8::/32  games  net, line 2  (address)"),
        ("https://b.example/x/y", "b.example/x  games  pages, line 1  (url)"),
    ],
)
def test_find_names_list_and_line(lists, tmp_path, what, line):
    index, _ = build(
        tmp_path,
        source(tmp_path, "toys", "# x\na.example\n"),
        source(tmp_path, "net", "192.0.2.0/24\n2001:db8::/32\n", form=Format.ADDRESSES),
        source(tmp_path, "pages", "b.example/x\n", form=Format.URLS),
    )

    assert lists("find", what, "--index", index)[:2] == (0, [line])


def test_find_says_where_nothing_is_listed(lists, tmp_path):
    index, _ = build(tmp_path, source(tmp_path, "pages", "b.example/x\n", form=Format.URLS))

    assert lists("find", "b.example", "--index", index)[:2] == (
        1,
        ["b.example: in no list; URLs on this host are listed under games"],
    )
    assert lists("find", "a..b", "--index", index)[0] == 3
    assert "no index file" in lists("find", "a.example", "--index", written(tmp_path, "x", "y" * 2000))[2]


def test_diff_says_what_is_newly_listed_and_what_no_longer(lists, tmp_path):
    old = written(tmp_path, "old/games.txt", "a.example\nb.example\n")
    new = written(tmp_path, "new/games.txt", "b.example\nc.example\n")

    status, lines, _ = lists("diff", old, new)

    assert status == 1
    assert lines == [
        "newly listed: 1",
        "  games: 1",
        "    c.example  (games.txt, line 2)",
        "no longer listed: 1",
        "  games: 1",
        "    a.example  (games.txt, line 1)",
    ]
    assert lists("diff", old, old)[0] == 0


def test_diff_compares_an_index_with_lists_of_a_given_category(lists, tmp_path):
    index, _ = build(tmp_path, source(tmp_path, "toys", "a.example\n"))
    path = written(tmp_path, "unnamed.txt", "a.example\n")

    assert lists("diff", index, path, "--category", "games")[0] == 0
    assert "cannot be told" in lists("diff", index, path)[2]
    assert "no category is called 'gamez'" in lists("diff", index, path, "--category", "gamez")[2]


def test_compile_makes_one_index_and_names_what_it_left_out(lists, tmp_path):
    heap = tmp_path / "heap"
    written(heap, "games.txt", "a.example\n")
    written(heap, "odd.txt", "b.example\n")
    written(heap, "table.csv", "a,b\nc,d\n")
    out = tmp_path / "index.sgi"

    status, lines, errors = lists("compile", "--from", heap, "--out", out)

    assert status == 1
    assert lines == [f"{out}: 1 lists, 1 of 1 lines, {out.stat().st_size} octets"]
    assert errors.startswith("left out: odd.txt: no category goes by this name")
    assert "unsupported: table.csv" in errors
    assert lists("find", "www.a.example", "--index", out)[0] == 0


def test_compiling_draws_a_bar_on_a_terminal_and_leaves_the_output_alone(lists, tmp_path, monkeypatch):
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    heap = tmp_path / "heap"
    written(heap, "games.txt", "a.example\n")
    written(heap, "porn.txt", "b.example\n")
    out = tmp_path / "index.sgi"

    status, lines, drawn = lists("compile", "--from", heap, "--out", out)

    assert (status, lines) == (0, [f"{out}: 2 lists, 2 of 2 lines, {out.stat().st_size} octets"])
    assert "writing the index" in drawn


def test_a_part_that_needs_settings_says_where_it_looked(lists, tmp_path):
    status, _, errors = lists("fetch")

    assert status == 3
    assert f"{tmp_path}/config: no valid settings; see `schoolgate check --config" in errors


def test_a_subscribed_list_is_fetched_held_accepted_and_counted(tmp_path, capsys):
    chosen = "lists: {blocklists: blocklists, subscribe: toys, allow_private: true}"
    text = changed("lists: {blocklists: blocklists}", chosen)
    directory = write_settings(tmp_path, text)
    (directory / "blocklists" / "pornography" / "starter.txt").write_text(STARTER)

    def run(*words):
        parser = argparse.ArgumentParser()
        register(parser.add_subparsers())
        args = parser.parse_args(["lists", *words, "--config", str(directory)])
        return int(args.run(args)), capsys.readouterr().out.splitlines()

    with list_origin() as origin:

        def serve(body):
            origin.serve("/toys", body)
            sources = SOURCE.format(url=f"{origin.url}/toys", sha256=hashlib.sha256(body).hexdigest())
            (directory / "blocklists" / "sources.yaml").write_text(sources)

        serve(b"a.example\nb.example\n")
        assert run("stats")[0] == 1
        assert run("fetch") == (0, ["toys: updated: 2 entries"])
        assert run("fetch", "toys")[1][0].startswith("toys: not due: last checked ")

        serve(b"a.example\n")
        status, lines = run("fetch", "--force")
        assert status == 1
        assert lines[0].startswith("toys: held: it loses 1 of 2 entries, more than 20 %")
        assert any("toys: an update is held" in line for line in run("stats")[1])
        assert run("accept", "toys")[1] == ["toys: 1 entries are in use after the next `schoolgate publish`"]
        assert run("accept", "toys")[0] == 3
        assert json.loads("".join(run("fetch", "--json")[1]))["lists"][0]["entries"] == 1

    status, lines = run("stats")
    assert status == 0
    assert [line.split()[0] for line in lines[1:3]] == ["starter/pornography", "toys"]
    assert run("fetch", "unheard")[0] == 3
    assert run("compile", "--out", str(tmp_path / "index.sgi"))[0] == 0


def test_a_missing_file_is_an_error_and_no_traceback(lists, tmp_path):
    status, _, errors = lists("stats", tmp_path / "none.txt")

    assert status == 3
    assert errors.startswith("schoolgate lists stats: ")
