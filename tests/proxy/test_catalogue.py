"""What is said about translations that are not as they should be."""

import pytest
from babel.messages.catalog import Catalog

from proxy.catalogue import Catalogues, bring_up_to_date, po


def texts():
    found = Catalog(fuzzy=False)
    for text in ("Ask", "Send"):
        found.add(text, locations=[("ask.html", 0)])
    found.add(("%(n)d student", "%(n)d students"), locations=[("ask.html", 0)])
    return found


@pytest.fixture
def part(tmp_path):
    (tmp_path / "fr" / "LC_MESSAGES").mkdir(parents=True)
    return Catalogues(tmp_path, "some", "# Some texts.", texts)


def test_a_new_language_begins_with_every_text_untranslated(part, capsys):
    assert part.languages() == ["fr"]
    assert bring_up_to_date([part]) == 1
    assert {message.id for message in part.read("fr") if message.id} == {
        "Ask", "Send", ("%(n)d student", "%(n)d students"),
    }  # fmt: skip
    assert sorted(capsys.readouterr().out.splitlines()) == [
        "fr: not translated: 'Ask'",
        "fr: not translated: 'Send'",
        "fr: not translated: ('%(n)d student', '%(n)d students')",
    ]


def test_translations_are_kept_and_what_is_gone_goes(part, capsys):
    done = Catalog(locale="fr", fuzzy=False)
    for text, french in (("Ask", "Demander"), ("Send", "Envoyer"), ("Gone", "Parti")):
        done.add(text, french)
    done.add(("%(n)d student", "%(n)d students"), ("%(n)d élève", "%(n)d élèves"))
    part.path("fr", "po").write_bytes(po(done))

    assert bring_up_to_date([part]) == 0
    assert capsys.readouterr().out == ""
    assert {m.id: m.string for m in part.read("fr") if m.id and isinstance(m.id, str)} == {
        "Ask": "Demander",
        "Send": "Envoyer",
    }
    assert b"Demander" in part.path("fr", "mo").read_bytes()


def test_what_is_wrong_is_named(part):
    half = Catalog(locale="fr", fuzzy=False)
    half.add("Send", "Envoyer", flags=["fuzzy"])
    half.add("Gone long ago", "Parti")
    half.add(("%(n)d student", "%(n)d students"), ("%(m)d élève", "%(m)d élèves"), flags=["python-format"])
    part.path("fr", "po").write_bytes(po(half))

    said = "\n".join(part.problems("fr"))
    for problem in ("fr: missing, run `make locale`: 'Ask'", "not used any more: 'Gone long ago'",
                    "marked as uncertain: 'Send'", "'%(n)d student'"):  # fmt: skip
        assert problem in said
