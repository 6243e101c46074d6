from pathlib import Path

import pytest

from proxy.bench.data import data_in, default_directory
from proxy.bench.names import is_under, spoken
from proxy.decision.names import canonical_host

SIZE = 1500


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    return data_in(tmp_path_factory.mktemp("data"), SIZE)


def questions(file):
    return [line.split() for line in file.read_text().splitlines()]


def test_the_list_has_so_many_distinct_names_with_categories(data):
    lines = [line.split("\t") for line in data.list_file.read_text().splitlines()]
    assert len(lines) == len({name for name, _ in lines}) == SIZE
    assert list(data.listed_names()) == [name for name, _ in lines]


def test_what_must_be_blocked_is_listed_and_what_must_not_is_not(data):
    listed = set(data.listed_names())
    assert all(is_under(name, listed) for name in data.listed.read_text().split())
    assert not any(is_under(name, listed) for name in data.allowed.read_text().split())


def test_one_in_five_hot_questions_is_about_listed_names(data):
    listed, asked = set(data.listed.read_text().split()), questions(data.hot)
    about_listed = sum(name in listed for name, _ in asked)
    assert 0.15 < about_listed / len(asked) < 0.25
    assert {name for name, _ in asked} <= listed | set(data.allowed.read_text().split())
    assert {kind for _, kind in asked} == {"A", "AAAA"}


def test_caches_are_warmed_by_each_hot_question_once(data):
    warm = data.warm.read_text().splitlines()
    assert len(warm) == len(set(warm))
    assert set(warm) == set(data.hot.read_text().splitlines())


def test_no_allowed_name_is_asked_for_twice_when_cold_in_any_round(data, tmp_path: Path):
    listed = set(data.listed_names())
    rounds = [data.cold_round(number, tmp_path) for number in (0, 1)]
    allowed = [name for file in rounds for name, _ in questions(file) if not is_under(name, listed)]
    assert len(allowed) == len(set(allowed)) > SIZE
    assert all(canonical_host(name) == name for name in allowed)
    assert data.cold_round(0, tmp_path) == rounds[0]


def test_no_two_numbers_are_spoken_alike():
    words = {spoken(number) for number in (*range(20_000), *range(2_000_000, 2_020_000))}
    assert len(words) == 40_000
    assert all(word.isalpha() for word in words)


def test_the_same_size_gives_the_same_files_and_is_made_once(data, tmp_path: Path):
    again = data_in(tmp_path, SIZE)
    for one, other in ((again.list_file, data.list_file), (again.hot, data.hot), (again.cold, data.cold)):
        assert one.read_bytes() == other.read_bytes()
    again.hot.write_text("kept\n")
    assert data_in(tmp_path, SIZE).hot.read_text() == "kept\n"
    assert [path.name for path in tmp_path.iterdir()] == [again.directory.name]


def test_a_sample_comes_from_all_over_a_file(data):
    lines = data.list_file.read_text().splitlines()
    sample = data.sample(data.list_file, 5)
    assert sample == [lines[0], lines[300], lines[600], lines[900], lines[1200]]


def test_data_is_kept_in_the_users_cache(monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", "/somewhere")
    assert default_directory() == Path("/somewhere/schoolgate-bench")
    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.setenv("HOME", "/home/any")
    assert default_directory() == Path("/home/any/.cache/schoolgate-bench")
