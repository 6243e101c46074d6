"""Letters about a case, as they wait to be sent."""

from proxy.console.post.models import Letter
from proxy.console.review.models import Case


def letters(sort: str, case: Case) -> list[str]:
    """The addresses to which letters of a sort go, in alphabetical order."""
    return sorted(
        Letter.objects.filter(key__startswith=f"case.{case.pk}.{sort}").values_list("to", flat=True)
    )
