"""In which hosts do two index files differ?"""

import random
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from list_world import build, source
from proxy.decision.listing import Listing
from proxy.lists.comparing import relisted_between
from proxy.lists.formats import Format
from proxy.lists.index import DomainIndex
from proxy.lists.relisted import Relisted
from proxy.lists.sources import ListSource

MANY = [f"n{n}.example" for n in range(3000)]


def compiled(
    directory: Path, name: str, lines: str, *more: ListSource, form: Format = Format.DOMAINS
) -> Path:
    (directory / name).mkdir()
    return build(directory / name, source(directory / name, "list", lines, form=form), *more)[0]


def between(directory: Path, old: str, new: str, form: Format = Format.DOMAINS) -> Relisted | None:
    return relisted_between(
        compiled(directory, "old", old, form=form), compiled(directory, "new", new, form=form)
    )


def text(names: Sequence[str]) -> str:
    return "".join(f"{name}\n" for name in names)


def test_names_that_come_and_go_are_found_and_lines_do_not_count(tmp_path: Path) -> None:
    found = between(tmp_path, text(MANY), text(["new.example", *MANY[:-1]]))
    assert found == Relisted(frozenset({"new.example", MANY[-1]}))


def test_equal_lists_differ_in_nothing(tmp_path: Path) -> None:
    assert between(tmp_path, text(MANY), text(MANY)) == Relisted()


def test_an_exception_that_comes_is_found(tmp_path: Path) -> None:
    blocked = "||a.example^\n"
    found = between(tmp_path, blocked + "@@||b.example^\n", blocked + "@@||ok.a.example^\n", Format.ADBLOCK)
    assert found == Relisted(frozenset({"b.example", "ok.a.example"}))


def test_a_host_with_another_listed_page_is_found_under_both_its_names(tmp_path: Path) -> None:
    found = between(tmp_path, "a.example/x\nb.example/x\n", "a.example/x\nc.example/x\n", Format.URLS)
    assert found == Relisted(frozenset({"b.example", "www.b.example", "c.example", "www.c.example"}))


def test_another_page_on_a_host_that_had_one_changes_nothing_that_is_said_of_the_host(tmp_path: Path) -> None:
    assert between(tmp_path, "a.example/x\n", "a.example/y\n", Format.URLS) == Relisted()


def test_ranges_that_come_and_go_are_found(tmp_path: Path) -> None:
    found = between(tmp_path, "192.0.2.0/24\n10.0.0.1\n", "192.0.2.0/25\n10.0.0.1\n", Format.ADDRESSES)
    assert found is not None
    assert {str(one) for one in found.ranges} == {"192.0.2.0/24", "192.0.2.0/25"}


def test_expressions_speak_of_no_host(tmp_path: Path) -> None:
    assert between(tmp_path, "(a1)\n(b 1 c 2)\n", "(a1)\n(b 1 c 3)\n", Format.EXPRESSIONS) == Relisted()


def test_what_cannot_be_compared_is_said_to_be_so(tmp_path: Path) -> None:
    few = compiled(tmp_path, "few", text(MANY[:3]))
    many = compiled(tmp_path, "many", text(MANY))
    other = compiled(tmp_path, "other", text(MANY[:3]), source(tmp_path, "second", "x.example\n"))
    broken = tmp_path / "broken.sgi"
    broken.write_bytes(few.read_bytes()[:-3])

    assert relisted_between(few, many) is None  # other buckets
    assert relisted_between(few, other) is None  # another list
    assert relisted_between(few, broken) is None
    assert relisted_between(tmp_path / "missing", few) is None


def without_line(said: Sequence[Listing]) -> list[Listing]:
    return [replace(one, line=0) for one in said]


def names_of(rng: random.Random) -> str:
    labels = [rng.choice("abcd") for _ in range(rng.randint(1, 3))]
    return ".".join([*labels, "example"])


def adblock_line(rng: random.Random) -> str:
    kind = rng.random()
    if kind < 0.2:
        return f"@@||{names_of(rng)}^"
    return f"||{names_of(rng)}^"


def rpz_line(rng: random.Random) -> str:
    below = "*." if rng.random() < 0.4 else ""
    return f"{below}{names_of(rng)} CNAME {'rpz-passthru.' if rng.random() < 0.2 else '.'}"


def range_line(rng: random.Random) -> str:
    length = rng.choice((24, 28, 30, 32))
    return f"192.0.2.{rng.randrange(256) >> (32 - length) << (32 - length)}/{length}"


KINDS = {
    Format.ADBLOCK: adblock_line,
    Format.RPZ: rpz_line,
    Format.URLS: lambda rng: f"{names_of(rng)}/{rng.choice('xyz')}",
    Format.ADDRESSES: range_line,
}


def a_pair(directory: Path, rng: random.Random) -> tuple[Path, Path]:
    """An index, and one of the same lists with some lines less and some more."""

    def sources(name: str, lines: dict[Format, list[str]]) -> list[ListSource]:
        (directory / name).mkdir()
        return [source(directory / name, form.value, text(lines[form]), form=form) for form in KINDS]

    old = {form: [line(rng) for _ in range(25)] for form, line in KINDS.items()}
    new = {form: [one for one in old[form] if rng.random() < 0.9] for form in KINDS}
    for form, line in KINDS.items():
        for _ in range(rng.randrange(3)):
            new[form].insert(rng.randrange(len(new[form]) + 1), line(rng))
    before = build(directory, *sources("old", old), name="old.sgi")[0]
    return before, build(directory, *sources("new", new), name="new.sgi")[0]


def a_comparable_pair(directory: Path, rng: random.Random) -> tuple[Path, Path, Relisted]:
    """One in five crosses a power of two in its entries, and cannot be compared."""
    for number in range(20):
        (directory / str(number)).mkdir()
        before, after = a_pair(directory / str(number), rng)
        found = relisted_between(before, after)
        if found is not None:
            return before, after, found
    raise AssertionError("no pair could be compared")


@pytest.mark.parametrize("seed", range(20))
def test_of_every_other_host_both_indexes_say_the_same(tmp_path: Path, seed: int) -> None:
    rng = random.Random(seed)
    before, after, found = a_comparable_pair(tmp_path, rng)
    hosts = [names_of(rng) for _ in range(300)] + [f"www.{names_of(rng)}" for _ in range(100)]
    hosts += [f"192.0.2.{n}" for n in range(256)]
    untouched = [host for host in hosts if not found.touches(host)]
    assert untouched
    with DomainIndex.open(before) as one, DomainIndex.open(after) as other:
        for host in untouched:
            assert without_line(one.for_host(host)) == without_line(other.for_host(host)), host
            assert one.url_categories(host) == other.url_categories(host), host
