"""What files become together."""

import pytest

from proxy.bypass.knowledge import KnownName
from proxy.bypass.surroundings import Surroundings
from proxy.decision.signs import Consequence, Nature
from proxy.settings.bypass.family import FamilyFile
from proxy.settings.bypass.making import BypassFiles, knowledge_from

VPN = {
    "id": "vpn.app",
    "title": "VPN",
    "nature": "anonymizer",
    "consequence": "block",
    "explanation": "This is a VPN.",
}
SEEN = {"technique": "vpn.app", "source": "seen", "date": "2026-11-01"}


def file(**sections: object) -> FamilyFile:
    return FamilyFile.model_validate({"version": "1", **sections})


def complaints(**families: FamilyFile) -> list[tuple[str, tuple[str | int, ...], str]]:
    found: list[tuple[str, tuple[str | int, ...], str]] = []
    knowledge_from(BypassFiles(families), lambda stem, path, why: found.append((stem, path, why)))
    return found


def test_names_of_a_file_go_before_those_of_a_list_and_keep_where_they_stand():
    files = BypassFiles(
        {
            "a": file(names=[{**SEEN, "exact": True, "lists": ["x.txt"]}]),
            "b": file(techniques=[VPN], names=[{**SEEN, "names": ["vpn.example"]}]),
        },
        {"x.txt": ("vpn.example", "other.example")},
    )

    knowledge = knowledge_from(files)

    assert knowledge.names == {
        "vpn.example": KnownName("vpn.example", "vpn.app", "bypass/b.yaml"),
        "other.example": KnownName("other.example", "vpn.app", "x.txt", is_exact=True),
    }
    assert knowledge.techniques["vpn.app"].nature is Nature.ANONYMIZER
    assert knowledge.techniques["vpn.app"].consequence is Consequence.BLOCK
    assert knowledge.around == Surroundings()


def test_files_that_fit_together_are_complained_of_by_nobody():
    assert complaints(a=file(names=[{**SEEN, "names": ["vpn.example"]}]), b=file(techniques=[VPN])) == []


@pytest.mark.parametrize(
    ("section", "entry"),
    [
        pytest.param("names", {"names": ["vpn.example"]}, id="names"),
        pytest.param("addresses", {"ranges": ["192.0.2.0/24"]}, id="addresses"),
        pytest.param("ports", {"transport": "udp", "ports": [51820]}, id="ports"),
        pytest.param("protocols", {"numbers": [47]}, id="protocols"),
    ],
)
def test_what_belongs_to_a_technique_that_no_file_describes_is_complained_of(section, entry):
    ((stem, path, why),) = complaints(a=file(**{section: [{**SEEN, **entry}]}))
    assert (stem, path, why) == ("a", (section, 0, "technique"), "no technique is called 'vpn.app'")


def test_a_technique_that_two_files_describe_is_complained_of_in_the_second():
    (said,) = complaints(a=file(techniques=[VPN]), b=file(techniques=[VPN]))
    assert said == ("b", ("techniques", 0, "id"), "'vpn.app' is described twice")
