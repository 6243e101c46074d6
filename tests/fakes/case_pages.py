"""Case pages as tests read them, and what hostile people write into cases."""

import re
from typing import Any

from django.test import Client

from proxy.console.review.models import Case

HOSTILE = "<img src=x onerror=alert(1)>\"'"
EVIDENCE = {
    "via": "ticket",
    "event": "e-1",
    "at": "2026-11-30T14:50:00+00:00",
    "gateway": "demo",
    "group": "high",
    "url": "http://games.demo.test/chess",
    "url_cut": False,
    "category": "games",
    "basis": "local",
    "reason": "category",
    "list_id": "demo-games",
    "line": 3,
    "base": 4,
    "overlay": 2,
    "code": "7KQ29FXM",
}
CHEMISTRY: dict[str, Any] = {
    "host": "games.demo.test",
    "audience": {"classes": ["cls-chemistry-3"]},
    "evidence": EVIDENCE,
}


def shown(client: Client, case: Case, status: int = 200) -> str:
    """The page of a case, which is answered with a status."""
    answer = client.get(f"/cases/{case.pk}/")
    assert answer.status_code == status
    return answer.content.decode()


def plain(page: str) -> str:
    """The text of a page, tags away and blanks as one."""
    return " ".join(re.sub(r"<[^>]*>", " ", page).split())
