"""Which categories are there, what is each called, who decided it, and what do its defaults say?"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, StringConstraints, model_validator

from proxy.decision.policy import FLOOR, Category, RuleAction
from proxy.decision.verdict import Basis
from proxy.lists.documents import Document, Strict, read_document
from proxy.lists.errors import ListsProblem, Problem

PROFILES = ("elementary", "middle", "high", "staff", "guest")

_SPELLING = re.compile(r"[\s_.-]+")

type Id = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$")]
type Text = Annotated[str, StringConstraints(min_length=1)]


class Defaults(Strict):
    """What each profile does with a category unless a school says otherwise."""

    elementary: RuleAction
    middle: RuleAction
    high: RuleAction
    staff: RuleAction
    guest: RuleAction


class CategoryEntry(Strict):
    """One category in `categories.yaml`."""

    id: Id
    name: Text
    description: Text
    basis: Basis
    decided_by: Text
    law: str = ""
    upstream_names: tuple[Text, ...] = ()
    defaults: Defaults

    @model_validator(mode="after")
    def _law_goes_with_cipa(self) -> "CategoryEntry":
        if (self.basis is Basis.CIPA) != (self.id in FLOOR):
            raise ValueError(f"basis: cipa belongs to {' and '.join(FLOOR)} and to nothing else")
        if (self.basis is Basis.CIPA) != bool(self.law):
            raise ValueError("law: is given with basis: cipa, and only with it")
        return self


class CategoriesFile(Strict):
    """`categories.yaml` as a whole."""

    version: Literal["1"]
    categories: Annotated[tuple[CategoryEntry, ...], Field(min_length=1)]


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The categories that a school can make rules about.

    categories   id -> category, in the file's order
    defaults     profile -> category id -> what it does
    upstream     spelling-free upstream name -> category id
    """

    categories: Mapping[str, Category]
    defaults: Mapping[str, Mapping[str, RuleAction]]
    upstream: Mapping[str, str]

    def by_upstream_name(self, name: str) -> str | None:
        """The category that an upstream list's own name for it stands for; any case, `-` as good as `_`."""
        return self.upstream.get(_plain(name))

    def is_open(self, category: str) -> bool:
        """Whether every profile allows the category, so that its lists are allow lists."""
        return all(self.defaults[profile].get(category) is RuleAction.ALLOW for profile in PROFILES)


def load_categories(path: Path) -> Catalogue:
    """Read `categories.yaml`. Raises ListsProblem with everything that is wrong in it."""
    document = read_document(path, CategoriesFile)
    entries = document.value.categories
    problems = tuple(_doubles(document))
    if problems:
        raise ListsProblem(problems)
    return Catalogue(
        categories={
            entry.id: Category(
                entry.id, entry.name, entry.description, entry.basis, entry.decided_by, entry.law
            )
            for entry in entries
        },
        defaults={
            profile: {entry.id: getattr(entry.defaults, profile) for entry in entries} for profile in PROFILES
        },
        upstream={_plain(name): entry.id for entry in entries for name in (entry.id, *entry.upstream_names)},
    )


def _doubles(document: Document[CategoriesFile]) -> Iterator[Problem]:
    """Ids and upstream names must lead to one category."""
    entries = document.value.categories
    for id_, count in Counter(entry.id for entry in entries).items():
        if count > 1:
            yield document.problem(("categories",), f"the category {id_} stands there {count} times")
    owner = {_plain(entry.id): entry.id for entry in entries}
    for number, entry in enumerate(entries):
        for place, name in enumerate(entry.upstream_names):
            first = owner.setdefault(_plain(name), entry.id)
            if first != entry.id:
                where = ("categories", number, "upstream_names", place)
                yield document.problem(where, f"'{name}' is claimed by {entry.id} and by {first}; keep one")
    floor = {entry.id for entry in entries if entry.basis is Basis.CIPA}
    for missing in sorted(set(FLOOR) - floor):
        yield document.problem(("categories",), f"the category {missing} is missing; the law asks for it")


def _plain(name: str) -> str:
    return _SPELLING.sub("-", name.strip().lower())
