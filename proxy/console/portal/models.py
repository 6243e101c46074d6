"""How often did somebody type a code that is none?"""

from typing import ClassVar

from django.db import models

from proxy.console.people.models import Person


class WrongCode(models.Model):
    """A code that led nowhere: whoever could try at will would find other people's pages."""

    by = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField()

    class Meta:
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["by", "at"])]
