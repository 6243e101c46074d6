"""Many lists, one index."""

from dataclasses import replace
from itertools import permutations

import pytest

from list_world import NOW, build, small_catalogue, source
from proxy.lists import collecting
from proxy.lists.compile import compile_index
from proxy.lists.errors import CompileFailed
from proxy.lists.formats import Format, Why, tsv
from proxy.lists.index import DomainIndex


def test_every_complaint_is_handed_on_with_its_file(tmp_path):
    heard = []
    compile_index(
        [source(tmp_path, "toys", "a.example\na.example\ncom\nb c\n")],
        tmp_path / "index.sgi",
        catalogue=small_catalogue(),
        built_at=NOW,
        on_complaint=lambda file, said: heard.append((file.id, said.line, said.why.value, said.detail)),
    )

    assert [(id_, line, why) for id_, line, why, _ in heard] == [
        ("toys", 2, "repeated"),
        ("toys", 3, "public suffix"),
        ("toys", 4, "not a name"),
    ]
    assert heard[0][3] == "as in line 1"


def test_the_report_says_what_became_of_each_list(tmp_path):
    path, report = build(
        tmp_path, source(tmp_path, "one", "a.example\n"), source(tmp_path, "two", "b.example\ncom\n")
    )

    assert [(one.file.id, one.tally.entries, one.tally.taken) for one in report.lists] == [
        ("one", 1, 1),
        ("two", 2, 1),
    ]
    assert (report.records, report.octets, report.left_out) == (2, path.stat().st_size, ())


def test_a_table_puts_each_line_under_its_own_categories(tmp_path):
    text = "a.example\tgames,agressif\nb.example\tunheard-of\nc.example\tmine\n"
    table = replace(source(tmp_path, "table", text, None, Format.TSV), categories={"mine": "gambling"})
    path, report = build(tmp_path, table)

    with DomainIndex.open(path) as index:
        assert [one.category for one in index.for_host("a.example")] == ["games", "violence"]
        assert index.for_host("b.example") == ()
        assert [one.category for one in index.for_host("c.example")] == ["gambling"]
    assert {why.value: n for why, n in report.lists[0].tally.reasons.items()} == {"unknown category": 1}


def test_a_list_without_a_category_is_left_out_and_named(tmp_path):
    _, report = build(tmp_path, source(tmp_path, "odd", "a.example\n", None))

    assert [file.id for file in report.left_out] == ["odd"]
    assert report.records == 0


def test_two_lists_of_one_id_are_an_error(tmp_path):
    one = source(tmp_path, "one", "a.example\n")

    with pytest.raises(CompileFailed, match="two lists are called one"):
        build(tmp_path, one, one)


def test_a_failure_leaves_the_old_index_and_no_litter(tmp_path):
    path, _ = build(tmp_path, source(tmp_path, "one", "a.example\n"))
    before = path.read_bytes()
    gone = replace(source(tmp_path, "two", ""), path=tmp_path / "gone")

    with pytest.raises(CompileFailed):
        build(tmp_path, gone)
    with pytest.raises(CompileFailed, match="cannot be written"):
        build(tmp_path, source(tmp_path, "one", "a.example\n"), name="no/such/place.sgi")
    assert path.read_bytes() == before
    assert sorted(child.name for child in tmp_path.iterdir()) == ["index.sgi", "one.txt", "two.txt"]


def test_the_same_lists_and_seed_make_the_same_file(tmp_path):
    lists = [
        source(tmp_path, "one", "a.example\nb.example\n"),
        source(tmp_path, "two", "192.0.2.0/24\n", form=Format.ADDRESSES),
    ]
    first, _ = build(tmp_path, *lists, name="a.sgi")
    second, _ = build(tmp_path, *lists, name="b.sgi")

    assert first.read_bytes() == second.read_bytes()


def test_without_a_seed_every_build_hashes_differently(tmp_path):
    for name in ("a.sgi", "b.sgi"):
        compile_index(
            [source(tmp_path, "one", "a.example\n")],
            tmp_path / name,
            catalogue=small_catalogue(),
            built_at=NOW,
        )

    assert (tmp_path / "a.sgi").read_bytes() != (tmp_path / "b.sgi").read_bytes()


def test_names_are_told_apart_from_their_wildcards_with_the_line_they_joined(tmp_path):
    text = "a.example CNAME .\n*.a.example CNAME .\n"
    path, report = build(tmp_path, source(tmp_path, "zone", text, form=Format.RPZ))

    with DomainIndex.open(path) as index:
        assert [one.line for one in index.for_host("x.a.example")] == [1]
    assert {why.value: n for why, n in report.lists[0].tally.reasons.items()} == {
        "joined with its wildcard": 1
    }


def test_progress_is_told_in_octets_of_the_lists_and_then_of_the_index(tmp_path):
    lists = [source(tmp_path, id_, "".join(f"{id_}{n}.example\n" for n in range(600))) for id_ in "ab"]
    told = []
    compile_index(
        lists,
        tmp_path / "x.sgi",
        catalogue=small_catalogue(),
        built_at=NOW,
        on_progress=lambda *words: told.append(words),
    )

    total = sum(one.path.stat().st_size for one in lists)
    steps = list(dict.fromkeys(step for step, _, _ in told))
    assert steps == ["reading a", "reading b", "writing the index"]
    read = [done for step, done, whole in told if step.startswith("reading") and whole == total]
    assert (read, read[-1]) == (sorted(read), total)
    written = [(done, whole) for step, done, whole in told if step == "writing the index"]
    assert written == sorted(written)
    assert all(done <= whole for done, whole in written)


def test_more_mixtures_of_categories_than_are_remembered_are_read_alike(tmp_path, monkeypatch):
    names = ["games", "gambling", "violence", "odd"]
    mixtures = [",".join(part) for count in (1, 2, 3) for part in permutations(names, count)]
    text = "".join(f"n{n}.example\t{mixture}\n" for n, mixture in enumerate(mixtures * 2))
    table = source(tmp_path, "table", text, None, Format.TSV)

    def compiled(name):
        path, report = build(tmp_path, table, name=name)
        return path.read_bytes(), report.lists[0].tally

    whole = compiled("whole.sgi")
    monkeypatch.setattr(collecting, "MAX_REMEMBERED", 3)
    monkeypatch.setattr(tsv, "MAX_REMEMBERED", 3)

    assert compiled("bounded.sgi") == whole
    assert whole[1].reasons[Why.UNKNOWN_CATEGORY] == sum("odd" in mixture for mixture in mixtures) * 2
