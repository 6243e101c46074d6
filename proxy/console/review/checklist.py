"""What did the reviewer answer to the three questions of the law, and what do the answers rule out?

47 U.S.C. 254(h)(5)(B) and (C): visual depictions that are obscene, child pornography, or harmful to minors.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, Self

from proxy.console.review.states import Kind, Listing

ASKED = frozenset({Kind.UNBLOCK, Kind.RESOURCE, Kind.SHOULD_BLOCK})
OPENING = frozenset({Kind.UNBLOCK, Kind.RESOURCE})


class Unanswered(ValueError):
    """A question of the checklist has no answer, or a yes has no note; the message can be shown."""


@dataclass(frozen=True, slots=True)
class Answer:
    """Yes or no, and what was seen."""

    yes: bool
    note: str = ""


@dataclass(frozen=True, slots=True)
class Checklist:
    """The answers about what a page shows (S83). Raises Unanswered for a yes without a note."""

    obscene: Answer
    child_pornography: Answer
    harmful_to_minors: Answer

    def __post_init__(self) -> None:
        for field in fields(self):
            answer = getattr(self, field.name)
            if answer.yes and not answer.note.strip():
                raise Unanswered(f"{QUESTIONS[field.name]}: a yes needs a note on what was seen")

    @property
    def for_nobody(self) -> bool:
        """Whether an answer says that the law forbids it to everybody."""
        return self.obscene.yes or self.child_pornography.yes

    def as_plain(self) -> dict[str, dict[str, Any]]:
        """What is stored."""
        return {
            field.name: {"answer": getattr(self, field.name).yes, "note": getattr(self, field.name).note}
            for field in fields(self)
        }

    @classmethod
    def from_plain(cls, plain: Mapping[str, Any]) -> Self:
        """Read what is stored. Raises Unanswered when a question has no answer."""
        answers = {}
        for field in fields(cls):
            stored = plain.get(field.name)
            if not isinstance(stored, Mapping) or not isinstance(stored.get("answer"), bool):
                raise Unanswered(f"{QUESTIONS[field.name]}: answer yes or no")
            answers[field.name] = Answer(stored["answer"], str(stored.get("note", "")))
        return cls(**answers)


QUESTIONS: Mapping[str, str] = {
    "obscene": "visual depictions that are obscene",
    "child_pornography": "child pornography",
    "harmful_to_minors": "visual depictions that are harmful to minors",
}


def objection(
    checklist: Checklist | None, kind: Kind, listing: Listing, minors: bool, *, last: bool = True
) -> str | None:
    """Why these answers rule out an approval, or None.

    minors  whether anybody under 17 is in the audience
    last    whether the approval takes effect by this signature; a first signature only passes it on

    A case with a yes can go on only as a correction. A correction opens the page to everybody, so that
    its last signer must have found nothing of the three.
    """
    if kind not in ASKED:
        return None
    if checklist is None:
        return "the three questions of the law (CIPA) are answered before any decision"
    if kind not in OPENING:
        return None
    if listing is Listing.CORRECTION:
        if last and (checklist.for_nobody or checklist.harmful_to_minors.yes):
            return "a listing is not wrong while the answers say that the page shows what the law forbids"
        return None
    if checklist.for_nobody:
        return (
            "what is obscene or child pornography cannot be opened for anybody (CIPA); if the page is "
            "listed wrongly, it can go on as a correction"
        )
    if checklist.harmful_to_minors.yes and minors:
        return (
            "what is harmful to minors cannot be opened for anybody under 17 (CIPA); if the page is "
            "listed wrongly, it can go on as a correction"
        )
    return None
