"""Which signs do all detectors of one kind see? One that fails refuses the attempt, and is counted."""

from collections.abc import Callable, Iterable

from proxy.bypass.knowledge import Knowledge
from proxy.decision.signs import Consequence, Nature, Sign

type Detector[Seen] = Callable[[Seen, Knowledge], Iterable[Sign]]
type OnFault = Callable[[str, Exception], None]

FAULT = "fault.detector"
REFUSED = "The filter could not look into this because of a fault of its own."

UNREADABLE = Sign(
    "fault.coding",
    Nature.FAULT,
    Consequence.BLOCK,
    1.0,
    "The site sends this in a form that the filter cannot read.",
)
"""What an adapter says of what no detector can look into."""


def notice[Seen](
    detectors: Iterable[Detector[Seen]], seen: Seen, knowledge: Knowledge, on_fault: OnFault
) -> tuple[Sign, ...]:
    """Ask each detector, in order, and return all signs.

    on_fault   told the name of a detector that raised, and what; in its place stands a sign that refuses
    """
    signs: list[Sign] = []
    for detector in detectors:
        try:
            signs.extend(detector(seen, knowledge))
        except Exception as error:  # noqa: BLE001  (a detector that fails must refuse, never let pass)
            name = getattr(detector, "__name__", type(detector).__name__)
            on_fault(name, error)
            evidence = (("detector", name),)
            signs.append(Sign(FAULT, Nature.FAULT, Consequence.BLOCK, 1.0, REFUSED, evidence))
    return tuple(signs)
