"""A small catalogue, and an index compiled from a few lines of text."""

from datetime import UTC, datetime
from pathlib import Path

from proxy.decision.policy import Category, RuleAction
from proxy.decision.verdict import Basis
from proxy.lists.categories import PROFILES, Catalogue
from proxy.lists.compile import BuildReport, compile_index
from proxy.lists.formats import Complaint, Entry, Format, read
from proxy.lists.index import DomainIndex
from proxy.lists.sources import ListSource

NOW = datetime(2026, 11, 23, 10, 40, tzinfo=UTC)
WORDS = {
    "child_abuse": ("csam",),
    "pornography": ("adult", "porn"),
    "games": ("jeux",),
    "gambling": (),
    "violence": ("agressif",),
    "encrypted_dns": ("doh",),
    "education": ("liste_blanche",),
}


def small_catalogue() -> Catalogue:
    """Seven categories; `education` is allowed everywhere, the others are blocked."""
    categories = {
        id_: Category(id_, id_.title(), f"About {id_}.", Basis.LOCAL, "District committee") for id_ in WORDS
    }
    actions = {id_: RuleAction.ALLOW if id_ == "education" else RuleAction.BLOCK for id_ in WORDS}
    upstream = {name.replace("_", "-"): id_ for id_, words in WORDS.items() for name in (id_, *words)}
    return Catalogue(categories, dict.fromkeys(PROFILES, actions), upstream)


def says(form: Format, text: str) -> list[Entry | Complaint]:
    """What a reader makes of a text."""
    return list(read(form, text.splitlines(keepends=True)))


def entries(form: Format, text: str) -> list[tuple[int, str, str]]:
    """Line, kind and text of each entry; a complaint fails the test."""
    return [(item.line, item.kind.value, item.text) for item in says(form, text) if _is_entry(item)]


def complaints(form: Format, text: str) -> list[tuple[int, str]]:
    """Line and reason of each complaint."""
    return [(item.line, item.why.value) for item in says(form, text) if isinstance(item, Complaint)]


def _is_entry(item: Entry | Complaint) -> bool:
    assert isinstance(item, Entry), str(item)
    return True


def source(
    directory: Path, id_: str, text: str, category: str | None = "games", form: Format = Format.DOMAINS
) -> ListSource:
    """A list file with these lines."""
    path = directory / f"{id_}.txt"
    path.write_text(text, "utf-8")
    return ListSource(id_, f"The list {id_}", path, form, category)


def build(directory: Path, *sources: ListSource, name: str = "index.sgi") -> tuple[Path, BuildReport]:
    """Compile lists with a fixed seed."""
    out = directory / name
    report = compile_index(sources, out, catalogue=small_catalogue(), built_at=NOW, seed=7)
    return out, report


def index_of(directory: Path, *sources: ListSource, name: str = "index.sgi") -> DomainIndex:
    """Compile lists and open what came out."""
    return DomainIndex.open(build(directory, *sources, name=name)[0])


CATEGORIES_YAML = """\
version: 1
categories:
  - id: child_abuse
    name: Harm to children
    description: Pictures of children being harmed.
    basis: cipa
    law: 18 U.S.C. 2256
    decided_by: Federal law
    upstream_names: [csam]
    defaults: {elementary: block, middle: block, high: block, staff: block, guest: block}
  - id: pornography
    name: Pornography
    description: Pages made to show sex.
    basis: cipa
    law: 18 U.S.C. 1460
    decided_by: Federal law
    upstream_names: [adult, porn]
    defaults: {elementary: block, middle: block, high: block, staff: block, guest: block}
  - id: games
    name: Games
    description: Games played for fun.
    basis: local
    decided_by: District committee
    upstream_names: [jeux]
    defaults: {elementary: block, middle: block, high: log, staff: allow, guest: block}
  - id: education
    name: Learning
    description: Pages to learn from.
    basis: local
    decided_by: District committee
    defaults: {elementary: allow, middle: allow, high: allow, staff: allow, guest: allow}
"""
