"""Which letters and messages wait to be sent, and what became of those that were?"""

from typing import ClassVar

from django.db import models


class Letter(models.Model):
    """One mail to one person, queued in the transaction that caused it.

    key          what caused it; a letter is queued once for a key, whatever is tried again
    not_before   when it is tried next
    tries        how often it was tried
    sent_at      when the mail server took it
    given_up_at  when no further try was left; somebody must look
    problem      what the mail server said last, without addresses
    """

    key = models.CharField(max_length=200, unique=True)
    to = models.EmailField()
    language = models.CharField(max_length=8)
    subject = models.CharField(max_length=200)
    text = models.TextField()
    html = models.TextField()
    queued_at = models.DateTimeField()
    not_before = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)
    sent_at = models.DateTimeField(null=True, blank=True)
    given_up_at = models.DateTimeField(null=True, blank=True)
    problem = models.CharField(max_length=300, blank=True)

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["not_before"],
                condition=models.Q(sent_at__isnull=True, given_up_at__isnull=True),
                name="letters_that_wait",
            )
        ]


class Call(models.Model):
    """One message to the school's own system (`incidents.webhook`), queued in the transaction that caused it.

    body         JSON as it is sent; emptied when it is long done
    school       whose administrators look after it; "": those of the whole district alone
    The rest is as in a letter.
    """

    key = models.CharField(max_length=200, unique=True)
    body = models.TextField()
    school = models.CharField(max_length=64, blank=True)
    queued_at = models.DateTimeField()
    not_before = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)
    sent_at = models.DateTimeField(null=True, blank=True)
    given_up_at = models.DateTimeField(null=True, blank=True)
    problem = models.CharField(max_length=300, blank=True)

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["not_before"],
                condition=models.Q(sent_at__isnull=True, given_up_at__isnull=True),
                name="calls_that_wait",
            )
        ]
