"""What the record says was done, by whom and about what."""

from proxy.console.audit.models import AuditRecord


def acts(*but: str) -> list[tuple[str, str, str]]:
    """All acts, in order, but those of some sorts."""
    found = AuditRecord.objects.order_by("number")
    return [(act.action, act.actor, act.about) for act in found if act.action not in but]
