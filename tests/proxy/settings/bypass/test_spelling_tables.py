from proxy.bypass.spelling.table import Claim, Spellings
from proxy.settings.bypass.family import FamilyFile
from proxy.settings.bypass.spelling_tables import spellings_of

WHERE = {"source": "its own page", "date": "2026-11-22"}


def test_what_several_files_say_is_joined():
    first = FamilyFile.model_validate(
        {
            "version": "1",
            "wildcards": [{**WHERE, "names": ["dots.example.net"]}],
            "lookalikes": [{**WHERE, "letters": {"l": "\u04cf1", "o": "\u043e"}}],
        }
    )
    second = FamilyFile.model_validate(
        {
            "version": "1",
            "lookalikes": [{**WHERE, "letters": {"i": "\u04cf"}}],
            "claims": [{**WHERE, "persons": ["x-user"], "hosts": ["x-host"], "privileged": ["staff"]}],
        }
    )
    assert spellings_of([first, second]) == Spellings(
        wildcards=frozenset({"dots.example.net"}),
        letters={"\u04cf": "li", "1": "l", "\u043e": "o"},
        claims={"x-user": Claim.PERSON, "x-host": Claim.HOST},
        privileged=frozenset({"staff"}),
    )
