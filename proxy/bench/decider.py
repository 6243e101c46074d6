"""Who decides, when it is measured how fast a decision counts? The desk itself, in a process of its own.

`python -m proxy.bench.decider --config DIR` prints `ready`, and then does what each line on its standard
input says: `approve` puts the next approval for a class in force, `revoke` takes it back. It answers `done`
when the step is kept and published.
"""

import argparse
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from proxy.startup import starting

if TYPE_CHECKING:
    from proxy.console.review.models import Case

HOST, CLASS = "games.demo.test", "cls-homeroom-7b"


class Decider:
    """A teacher who asks for a class and a reviewer who decides; Django is set up."""

    def __init__(self) -> None:
        from proxy.console.people.models import Person

        self._teacher = Person.objects.get(login="rcastillo")
        self._reviewer = Person.objects.get(login="reviewer")
        self._case = self._asked()

    def approve(self) -> None:
        """Approve what was asked for; it is published when this returns."""
        from proxy.console.review import desk
        from proxy.console.review.checklist import Answer, Checklist

        no = Answer(False)
        desk.approve(
            self._case.pk,
            self._reviewer,
            at=datetime.now(UTC),
            reason="for the lesson",
            checklist=Checklist(no, no, no),
            opening=desk.as_asked(self._case),
        )

    def revoke(self) -> None:
        """Take it back, and have the next one asked for."""
        from proxy.console.review import desk

        desk.revoke(self._case.pk, self._reviewer, at=datetime.now(UTC), reason="not needed any more")

    def ask_again(self) -> None:
        """Put in the next request, and claim it."""
        self._case = self._asked()

    def _asked(self) -> "Case":
        from proxy.console.review import desk
        from proxy.console.review.states import Kind

        now = datetime.now(UTC)
        case = desk.submit(
            desk.NewAsking(
                kind=Kind.UNBLOCK,
                asker=self._teacher,
                subject=self._teacher.sourced_id or "",
                school=self._teacher.school,
                host=HOST,
                category="games",
                purpose="a lesson on chess",
                audience={"classes": [CLASS]},
                ends=now + timedelta(days=1),
            ),
            at=now,
        )
        return desk.claim(case.pk, self._reviewer, at=now)


def main() -> None:
    """Decide as told, line by line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--config", type=Path, required=True)
    args = parser.parse_args()
    start = starting(args.config)
    if start.settings is None or start.settings.console is None:
        raise SystemExit(f"the settings in {args.config} have no console")
    from proxy.console.site.config import ConsoleConfig
    from proxy.console.site.setup import set_up

    set_up(ConsoleConfig(start.settings, start.state, args.config.resolve(), demo=True))
    decider = Decider()
    print("ready", flush=True)
    for line in sys.stdin:
        if line.strip() == "approve":
            decider.approve()
            print("done", flush=True)
        else:
            decider.revoke()
            print("done", flush=True)
            decider.ask_again()


if __name__ == "__main__":
    main()
