"""Pages and scripts of others, for a scan to be measured on."""

from proxy.bench.real_bodies import MOST, as_answers, places, real_bodies


def test_large_files_are_cut_and_small_ones_put_together(tmp_path):
    (tmp_path / "a.html").write_bytes(b"a" * 25)
    (tmp_path / "b").mkdir()
    (tmp_path / "b/1.html").write_bytes(b"b" * 6)
    (tmp_path / "b/2.html").write_bytes(b"c" * 6)
    (tmp_path / "b/3.js").write_bytes(b"d" * 25)
    assert real_bodies((tmp_path,), ".html", 10) == [b"a" * 10, b"b" * 6 + b"c" * 4]


def test_what_does_not_fill_a_body_is_left_out(tmp_path):
    (tmp_path / "a.html").write_bytes(b"a" * 9)
    assert real_bodies((tmp_path, tmp_path / "not there"), ".html", 10) == []


def test_there_are_at_most_so_many(tmp_path):
    for number in range(MOST + 3):
        (tmp_path / f"{number}.js").write_bytes(b"x" * 12)
    assert len(real_bodies((tmp_path,), ".js", 10)) == MOST


def test_a_dependency_brings_scripts_to_every_machine():
    assert real_bodies(places(), ".js")


def test_an_answer_says_what_it_is():
    (seen,) = as_answers([b"<p>"], ".html")
    assert seen.answer.fields[0] == ("content-type", "text/html; charset=utf-8")
    assert (seen.answer.body, seen.url.path) == (b"<p>", "/a/0.html")
