"""How does the table of steps look as a picture?

`python -m proxy.console.review.drawing` writes it into `docs/reviewers/states.md`, between the marks.
"""

from collections.abc import Iterator
from pathlib import Path

from proxy.console.review.states import State
from proxy.console.review.workflow import ENDED, TABLE, Actor

PAGE = Path("docs/reviewers/states.md")
BEGIN = "<!-- drawn from proxy/console/review/workflow.py -->"
END = "<!-- end of what is drawn -->"

_ORDER = tuple(Actor)


def diagram() -> str:
    """The states and the steps between them, in Mermaid."""
    lines = ["stateDiagram-v2", f"    [*] --> {State.SUBMITTED.value}"]
    for before in State:
        for after in State:
            steps = [
                step.value.replace("_", " ")
                for (state, step), transition in TABLE.items()
                if state is before and transition.after is after
            ]
            if steps:
                lines.append(f"    {before.value} --> {after.value}: {', '.join(steps)}")
    lines += [f"    {state.value} --> [*]" for state in State if state in ENDED]
    return "\n".join(lines)


def rows() -> Iterator[str]:
    """A line of a table for each step: from where to where, and whose step it is."""
    yield "| In state | step | by | leads to |"
    yield "|---|---|---|---|"
    for (state, step), transition in TABLE.items():
        by = " or ".join(actor.value for actor in _ORDER if actor in transition.by)
        yield " | ".join((f"| {state.value}", step.value, by, f"{transition.after.value} |"))


def drawn() -> str:
    """All that is drawn: the picture, then the table."""
    return "\n".join((BEGIN, "", "```mermaid", diagram(), "```", "", *rows(), "", END))


def renewed(page: str) -> str:
    """A page with what is drawn in it made anew. Raises ValueError when it has no place for it."""
    before, found, rest = page.partition(BEGIN)
    _, closed, after = rest.partition(END)
    if not found or not closed:
        raise ValueError(f"{PAGE}: the marks '{BEGIN}' and '{END}' are not there; put them in")
    return f"{before}{drawn()}{after}"


if __name__ == "__main__":
    PAGE.write_text(renewed(PAGE.read_text("utf-8")), "utf-8")
