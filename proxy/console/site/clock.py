"""What time is it? The only reader of the clock in the console; whatever decides is told the time."""

from datetime import UTC, datetime

_fixed: list[datetime] = []


def now() -> datetime:
    """The present moment, in UTC."""
    return _fixed[0] if _fixed else datetime.now(UTC)


def set_to(moment: datetime | None) -> None:
    """Stop the clock at a moment with a zone; None lets it go again. For tests."""
    assert moment is None or moment.tzinfo is not None
    _fixed[:] = [moment.astimezone(UTC)] if moment is not None else []
