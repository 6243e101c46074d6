"""Does a site open a session of Rammerhead? The path, and the id that it answers with, stay in copies."""

import re
from collections.abc import Iterator

from proxy.bypass.knowledge import Knowledge
from proxy.bypass.observed import Exchange
from proxy.decision.signs import Sign

_ID = re.compile(rb"[0-9a-f]{32}\s{0,2}\Z")


def rammerhead_session(seen: Exchange, knowledge: Knowledge) -> Iterator[Sign]:
    """An answer to `/newsession` that is the id of a session and nothing else."""
    answer = seen.answer
    if answer is None or answer.status != 200 or not seen.url.path.endswith("/newsession"):
        return
    if _ID.match(answer.body):
        yield knowledge.sign("webproxy.rammerhead.page", 0.95, {"path": "/newsession", "body": "an id"})
