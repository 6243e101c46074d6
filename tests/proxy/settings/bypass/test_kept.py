"""What a base holds of files about ways around the filter comes back whole."""

from ipaddress import ip_network
from pathlib import Path

import pytest

from known_ways import SCHOOL, delivered
from proxy.bypass.all_detectors import ALL
from proxy.bypass.knowledge import Knowledge
from proxy.bypass.noticing import notice
from proxy.bypass.observed import Exchange
from proxy.bypass.surroundings import Surroundings
from proxy.decision.urls import parse_url
from proxy.settings.bypass.kept import NO_FILES, knowledge_of, to_json
from proxy.settings.bypass.reading import read_files

BYPASS = Path(__file__).parents[4] / "blocklists" / "bypass"
HERE = Surroundings(networks=(ip_network("10.0.0.0/8"),))


@pytest.fixture(scope="module")
def kept() -> bytes:
    files, problems = read_files(BYPASS)
    assert problems == ()
    return to_json(files)


def test_the_files_as_delivered_come_back_as_they_were_read(kept: bytes) -> None:
    known, read = knowledge_of(kept, SCHOOL), delivered()

    assert known is not None
    parts = ("techniques", "names", "around", "ordinary", "addresses", "spellings", "packets", "languages")
    for part in parts:
        assert getattr(known, part) == getattr(read, part), part
    assert known.wrapping.places.keys() == read.wrapping.places.keys()
    assert known.exchange.extensions == read.exchange.extensions


@pytest.mark.parametrize(
    "address",
    [
        "https://school-news.example/uv/service/hvtrs8%2F-ggmgnelaoo",
        "https://translate.google.com/translate?sl=en&tl=es&u=https%3A%2F%2Fgames.example%2F",
        "https://lessons.example/unit-3?page=2",
    ],
)
def test_detectors_say_the_same_with_either(kept: bytes, address: str) -> None:
    url = parse_url(address)
    assert url is not None
    seen = Exchange("GET", url, target=url.path)

    def signs(knowledge: Knowledge | None) -> object:
        assert knowledge is not None
        return notice(ALL.requests, seen, knowledge, lambda name, error: pytest.fail(f"{name}: {error}"))

    assert signs(knowledge_of(kept, SCHOOL)) == signs(delivered())


def test_tables_are_made_once_and_put_into_any_surroundings(kept: bytes) -> None:
    there, here = knowledge_of(kept, SCHOOL), knowledge_of(kept, HERE)

    assert there is not None
    assert here is not None
    assert (there.around, here.around) == (SCHOOL, HERE)
    assert there.exchange is here.exchange


def test_no_files_are_no_knowledge() -> None:
    assert knowledge_of(NO_FILES, HERE) is None


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(b"no JSON", id="no JSON"),
        pytest.param(b"[]", id="another form"),
        pytest.param(b'{"families": {"a": {"version": "9"}}, "lists": {}}', id="another version"),
        pytest.param(
            b'{"families": {"a": {"version": "1", "heads": [{"technique": "vpn.app", "source": "s", '
            b'"date": "2026-11-01", "address": "("}]}}}',
            id="an expression that RE2 does not take",
        ),
    ],
)
def test_what_this_version_did_not_write_is_a_value_error(text: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011  (of whatever kind it is)
        knowledge_of(text, HERE)
