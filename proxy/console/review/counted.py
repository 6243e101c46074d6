"""What of a request do the figures count?

Numbers and names of schools, kinds and lists, of nobody. The desk writes them with the step that makes them
true; so the figures of a year are read from two indexes, and the calendar of a year ago need not be known.
Requests of the private lane have no row here: they are in no figure.
"""

from typing import ClassVar

from django.db import models
from django.db.models import Q


class Counted(models.Model):
    """A case, as the figures count it.

    day      of the school, on which the case was made
    asked    how often, counting everybody who asked
    late     its due time passed before the first answer
    in_school_us, by_clock_us    microseconds until the first answer, of school time by the calendar of then,
             and of all time; None: not answered. The first of two signatures is no answer yet
    """

    case = models.OneToOneField("Case", on_delete=models.PROTECT, primary_key=True, related_name="counted")
    day = models.DateField()
    school = models.CharField(max_length=64, blank=True)
    kind = models.CharField(max_length=20)
    asked = models.PositiveIntegerField(default=1)
    late = models.BooleanField(default=False)
    in_school_us = models.BigIntegerField(null=True, blank=True)
    by_clock_us = models.BigIntegerField(null=True, blank=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(in_school_us__isnull=True, by_clock_us__isnull=True)
                | Q(in_school_us__isnull=False, by_clock_us__isnull=False)
                & Q(in_school_us__gte=0, by_clock_us__gte=0),
                name="an_answer_took_both_times",
            )
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["day", "school", "kind", "asked", "late"], name="counted_by_day"),
            models.Index(
                fields=["day", "school", "kind", "in_school_us", "by_clock_us"],
                condition=Q(in_school_us__isnull=False),
                name="counted_answers_by_day",
            ),
        ]


class CountedBlock(models.Model):
    """That a case is about what a list blocks under a category, as the gateway froze it; one row for each."""

    case = models.ForeignKey("Case", on_delete=models.PROTECT, related_name="counted_blocks")
    day = models.DateField()
    school = models.CharField(max_length=64, blank=True)
    list_id = models.CharField(max_length=255, blank=True)
    category = models.CharField(max_length=255, blank=True)
    answered = models.BooleanField(default=False)
    approved = models.BooleanField(default=False)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["case", "list_id", "category"], name="a_block_counts_once_in_a_case"
            )
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["day", "list_id", "category", "school", "answered", "approved"],
                name="counted_blocks_by_day",
            )
        ]
