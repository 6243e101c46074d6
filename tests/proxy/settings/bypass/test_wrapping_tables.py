from proxy.bypass.wrapping.table import Fetchers
from proxy.settings.bypass.family import FamilyFile
from proxy.settings.bypass.wrapping_tables import wrapping_of

WHERE = {"source": "its own page", "date": "2026-11-22"}


def family(**sections):
    return FamilyFile.model_validate({"version": "1", **sections})


def test_what_several_files_say_is_joined():
    sites = [
        {"hosts": ["a.example.org"], "labels": ["ezp"], "parameters": ["u"], "under": "/x", "value": "c:"}
    ]
    first = family(
        wrappers=[{**WHERE, "technique": "wrapper.reader", "sites": sites}],
        redirectors=[{**WHERE, "hosts": ["b.example.org"], "paths": ["/out"]}],
        fetchers=[{**WHERE, "asked": ["url"]}],
    )
    second = family(
        wrappers=[{**WHERE, "technique": "wrapper.cache", "sites": [{"hosts": ["a.example.org"]}]}],
        redirectors=[{**WHERE, "hosts": ["b.example.org"], "paths": ["/l/"]}],
        fetchers=[{**WHERE, "asked": ["u"], "hosting": ["workers.example.net"]}],
    )
    tables = wrapping_of([("bypass/a.yaml", first), ("bypass/b.yaml", second)])
    found = tables.places["a.example.org"]
    assert [(place.technique, place.list_id) for place in found] == [
        ("wrapper.reader", "bypass/a.yaml"),
        ("wrapper.cache", "bypass/b.yaml"),
    ]
    assert tables.labels["ezp"] == found[:1]
    assert found[0].under.match("/x/y")
    assert not found[0].under.match("/y/x")
    assert found[0].value.match("c:example.org").end() == 2
    assert tables.redirectors == {"b.example.org": ("/out", "/l/")}
    assert tables.fetchers == Fetchers(frozenset({"workers.example.net"}), frozenset({"url", "u"}))
