"""The public lists that a school can subscribe to."""

from datetime import timedelta
from pathlib import Path

import pytest

from list_world import small_catalogue
from proxy.lists.categories import load_categories
from proxy.lists.errors import ListsProblem
from proxy.lists.formats import Format
from proxy.lists.sources import ListSource, load_sources

BLOCKLISTS = Path(__file__).parents[3] / "blocklists"
ONE = """\
version: 1
sources:
  - id: toys
    title: Toys
    homepage: https://lists.example.org/
    url: https://lists.example.org/toys.txt
    licence: MIT
    format: hosts
    category: games
    refresh: 12h
    enabled: true
    entries_about: 100
"""


def load(tmp_path, text):
    path = tmp_path / "sources.yaml"
    path.write_text(text, "utf-8")
    return load_sources(path, small_catalogue())


def message(tmp_path, text):
    with pytest.raises(ListsProblem) as caught:
        load(tmp_path, text)
    (problem,) = caught.value.problems
    return problem.line, problem.message


def test_a_source_is_read_with_its_interval(tmp_path):
    toys = load(tmp_path, ONE)["toys"]

    assert (toys.format, toys.refresh, toys.enabled, toys.max_loss_percent) == (
        Format.HOSTS,
        timedelta(hours=12),
        True,
        20,
    )
    assert toys.as_list(Path("/x")) == ListSource(
        "toys", "Toys", Path("/x"), Format.HOSTS, "games", licence="MIT"
    )


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        ("refresh: 12h", "refresh: often", 10, "an interval is a number and m, h or d: 12h, 7d"),
        ("format: hosts", "format: host", 8, "Input should be"),
        (
            "https://lists.example.org/toys",
            "http://lists.example.org/toys",
            3,
            "over http only with its sha256:",
        ),
        ("https://lists.example.org/toys", "ftp://lists.example.org/toys", 3, "begins with https://"),
        ("category: games", "category: gamez", 9, "no category is called 'gamez'"),
        ("category: games", "categories: {a: games, b: nope}", 9, "no category is called 'nope'"),
        ("    category: games\n", "", 3, "give either category: or categories:"),
        ("licence: MIT", "license: MIT", 7, "license: this key is not known"),
    ],
)
def test_what_is_wrong_is_named_with_its_line(tmp_path, old, new, line, words):
    with pytest.raises(ListsProblem) as caught:
        load(tmp_path, ONE.replace(old, new))

    assert any(one.line == line and words in one.message for one in caught.value.problems)


def test_an_id_stands_once(tmp_path):
    assert message(tmp_path, ONE + ONE[ONE.index("  - id") :]) == (13, "the source toys stands there twice")


def test_a_checksum_allows_plain_http(tmp_path):
    text = (
        ONE.replace("https://lists.example.org/toys", "http://lists.example.org/toys")
        + f"    sha256: {'0' * 64}\n"
    )

    assert load(tmp_path, text)["toys"].sha256


def test_schoolgates_own_sources_are_in_order_and_none_is_on_by_itself():
    sources = load_sources(BLOCKLISTS / "sources.yaml", load_categories(BLOCKLISTS / "categories.yaml"))

    assert sources
    assert not [source.id for source in sources.values() if source.enabled]
