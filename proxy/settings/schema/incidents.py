"""When do ways around the filter become an incident, who is told, and how long is it kept?"""

from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from proxy.settings.fields import Called, LocalPath, Range, wrong
from proxy.settings.schema.part import Part
from proxy.settings.webhook_address import NoAddress, is_allowed, webhook_address

ToldDuty = Literal["safeguarding", "counselor", "technician", "administrator"]


def _target(text: str) -> str:
    try:
        webhook_address(text)
    except NoAddress as problem:
        raise wrong(str(problem), problem.hint) from problem
    return text


class WebhookSettings(Part):
    """Where a program of the school is told that an incident has opened. It learns no names."""

    url: Annotated[str, AfterValidator(_target), Called("an address of a page")]
    """Address that a message is sent to, without a name or password; https, except on this machine."""
    secret_file: LocalPath
    """File that holds the secret that messages are signed with, readable for the console's user only."""
    networks: tuple[Range, ...] = ()
    """Ranges inside the school that the address may lead to; without them, public addresses alone."""
    timeout_s: Annotated[int, Field(ge=1, le=60)] = 10
    """Seconds for all of one message, from the look-up of the name on; then it waits for the next try."""

    @model_validator(mode="after")
    def _can_be_reached(self) -> Self:
        literal = webhook_address(self.url).literal
        if literal and not is_allowed(literal, self.networks):
            hint = f"name its range in `networks`, for example {literal}/{128 if ':' in literal else 32}"
            raise wrong(f"{literal} is not public, and `networks` does not name it", hint)
        return self


class IncidentSettings(Part):
    """What is counted of ways around the filter, and when an adult is asked to look."""

    enabled: bool = True
    """Whether anything is counted; `false`: ways around are stopped, and that is all."""
    opens_at: Annotated[float, Field(ge=0.05, le=100)] = 0.8
    """Score at which an incident opens. A sure sign adds its technique's `weight`, which is 1 at most."""
    half_life_days: Annotated[int, Field(ge=1, le=366)] = 7
    """Days after which an act counts half."""
    fold_minutes: Annotated[int, Field(ge=1, le=720)] = 60
    """Minutes without anything seen after which the same way to the same site is another act."""
    keep_days: Annotated[int, Field(ge=1, le=366)] = 30
    """Days after which what led to no incident is deleted."""
    keep_ended_days: Annotated[int, Field(ge=1, le=3650)] = 365
    """Days after its end at which an incident is deleted; the record keeps the acts without the person."""
    told: Annotated[tuple[ToldDuty, ...], Field(min_length=1)] = ("safeguarding",)
    """Duties whose officials at the school get a letter when an incident opens; all of them."""
    remind_after: Annotated[int, Field(ge=0, le=1000)] = 24
    """Hours after which they are reminded of one that nobody has taken up, or that goes on; 0: never."""
    webhook: WebhookSettings | None = None
    """A program that is told, too."""
