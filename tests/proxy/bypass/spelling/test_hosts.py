import pytest

from proxy.bypass.spelling.hosts import host_in, is_plausible, registrable


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("WWW.Example.COM.", "www.example.com", id="a name"),
        pytest.param("lesson.example", "lesson.example", id="reserved for examples"),
        pytest.param("0x7f.1", "127.0.0.1", id="an address"),
        pytest.param("index.html", "", id="a file"),
        pytest.param("localhost", "", id="one label"),
        pytest.param("a b.example", "", id="no host"),
        pytest.param("a." * 200 + "com", "", id="too long"),
    ],
)
def test_a_host_that_can_exist_is_told(text, expected):
    assert host_in(text) == expected


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        pytest.param("www.example.co.uk", "example.co.uk", id="a suffix of two labels"),
        pytest.param("a.pupil.github.io", "pupil.github.io", id="given by a host of many"),
        pytest.param("co.uk", "", id="a suffix itself"),
        pytest.param("www.lesson.example", "lesson.example", id="reserved for examples"),
        pytest.param("192.0.2.1", "", id="an address"),
        pytest.param("intranet", "", id="no suffix"),
    ],
)
def test_the_registered_part_of_a_name(host, expected):
    assert registrable(host) == expected


def test_a_name_under_no_suffix_is_not_plausible():
    assert not is_plausible("server.lan")
