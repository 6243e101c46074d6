"""Where is the console, and what does it go by: log-ins, due times, mail?"""

from collections.abc import Mapping
from datetime import time
from enum import Enum
from typing import Annotated, Literal, Self
from urllib.parse import parse_qsl, urlsplit

from pydantic import AfterValidator, Field, model_validator

from proxy.settings.fields import (
    Called,
    Clock,
    Endpoint,
    Id,
    Listen,
    LocalPath,
    Port,
    Range,
    SchoolName,
    Text,
    wrong,
)
from proxy.settings.schema.part import Part

SQLITE = "sqlite"
LOOPBACK = ("127.0.0.0/8", "::1/128")
_WEB = r"^https?://[!#-&(-;=?-~]+$"

SchoolHours = Annotated[int, Field(ge=1, le=1000)]
DutyName = Literal[
    "reviewer",
    "technical_reviewer",
    "appeal_officer",
    "technician",
    "counselor",
    "auditor",
    "administrator",
    "safeguarding",
]


def _url(text: str) -> str:
    parts = urlsplit(text)
    if parts.path not in ("", "/") or parts.query or parts.fragment or parts.username or not parts.hostname:
        raise wrong(f"'{text[:80]}' is not the address of a site", "for example https://ask.example.org")
    return f"{parts.scheme}://{parts.netloc}"


def _database(text: str) -> str:
    if text == SQLITE:
        return text
    hint = (
        "write `sqlite`, or postgresql://user@host:5432/name (for a socket: ...@/name?host=/run/postgresql)"
    )
    try:
        parts = urlsplit(text)
        bad = (
            parts.scheme != "postgresql" or not parts.username or not parts.path.strip("/") or parts.fragment
        )
        _ = parts.port
    except ValueError as error:
        raise wrong(f"'{text[:80]}' is not a database", hint) from error
    query = dict(parse_qsl(parts.query))
    if bad or set(query) - {"host", "sslmode"} or bool(parts.hostname) == ("host" in query):
        raise wrong("this is not a database that the console can use", hint)
    if parts.password is not None:
        raise wrong("a password does not belong into the settings", "set `database_password_file`")
    return text


def _language(text: str) -> str:
    if not (
        2 <= len(text) <= 8 and text[:2].isalpha() and text.replace("-", "").isalnum() and text.islower()
    ):
        raise wrong(f"'{text[:40]}' is not a language", "write its code, for example en, es or pt-br")
    return text


class MailSecurity(Enum):
    """How mail travels to the mail server."""

    NONE = "none"
    STARTTLS = "starttls"
    TLS = "tls"


class MailSettings(Part):
    """The mail server that letters are handed to."""

    host: Text
    """Name or address of the mail server."""
    port: Port = 25
    """Its port: 25, 587 with `starttls` or 465 with `tls`, as a rule."""
    security: MailSecurity = MailSecurity.STARTTLS
    """`starttls` and `tls` check the server's certificate; `none` only for a server on this machine."""
    user: Text | None = None
    """Log-in name there; none: no log-in."""
    password_file: LocalPath | None = None
    """File that holds its password alone, readable for the console's user only."""
    sender: Annotated[str, Field(alias="from", pattern=r"^[^@\s<>]+@[^@\s<>]+$")]
    """Address that letters come from."""
    timeout_s: Annotated[int, Field(ge=1, le=120)] = 20
    """Seconds after which a silent mail server is given up, until the next try."""

    @model_validator(mode="after")
    def _both_or_none(self) -> Self:
        if (self.user is None) != (self.password_file is None):
            raise wrong("`user` and `password_file` belong together", "set both, or none")
        return self


class OidcSettings(Part):
    """Log-in through the school's own identity provider (OpenID Connect). Only known people are let in."""

    name: Text = "School account"
    """What the log-in page calls it."""
    issuer: Annotated[str, Field(pattern=_WEB)]
    """Address of the provider, for example https://accounts.google.com."""
    client_id: Text
    """The console's id there."""
    client_secret_file: LocalPath
    """File that holds its secret alone, readable for the console's user only."""
    hosted_domains: tuple[Text, ...] = ()
    """Values of the claim `hd` that are let in; none: it is not looked at."""
    tenants: tuple[Text, ...] = ()
    """Values of the claim `tid` that are let in; none: it is not looked at."""
    roster_claim: Text | None = None
    """Claim that holds the roster's `sourcedId`; none: people are known by their verified e-mail address."""
    duties_claim: Text | None = None
    """Claim that lists what a person is charged with; none: duties come from `duties` and the console."""
    duties_values: Mapping[str, DutyName] = {}
    """Value of `duties_claim` -> duty for every school."""

    @model_validator(mode="after")
    def _somebody_in_particular(self) -> Self:
        if self.duties_values and self.duties_claim is None:
            raise wrong("`duties_values` says nothing without `duties_claim`", "name the claim")
        return self


class SchoolHoursOfDay(Part):
    """The part of a school day in which due times run."""

    begins: Annotated[Clock, Field(alias="from")] = time(8, 0)
    """When it begins, in the zone of these settings."""
    ends: Annotated[Clock, Field(alias="to")] = time(16, 0)
    """When it ends; on a half day at `calendar.half_day_ends`, if that is earlier."""

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.begins >= self.ends:
            raise wrong(
                f"the day would end at {self.ends:%H:%M}, before it begins", "for example 8:00 to 16:00"
            )
        return self


class DueOfSchool(Part):
    """Due times of one school; what is not written is as everywhere."""

    unblock: SchoolHours | None = None
    """School hours until a request to unblock is answered."""
    should_block: SchoolHours | None = None
    """School hours until a report of something that should be blocked is answered."""
    not_working: SchoolHours | None = None
    """School hours until a report that the filter does not work is answered."""
    resource: SchoolHours | None = None
    """School hours until an app, site or download is approved or not."""
    appeal: SchoolHours | None = None
    """School hours until an appeal is answered."""


class DueSettings(Part):
    """School hours until somebody must have answered, by kind of request."""

    unblock: SchoolHours = 8
    """School hours until a request to unblock is answered."""
    should_block: SchoolHours = 4
    """School hours until a report of something that should be blocked is answered."""
    not_working: SchoolHours = 4
    """School hours until a report that the filter does not work is answered."""
    resource: SchoolHours = 40
    """School hours until an app, site or download is approved or not."""
    appeal: SchoolHours = 40
    """School hours until an appeal is answered."""
    schools: Mapping[SchoolName, DueOfSchool] = {}
    """School -> due times of its own."""

    def hours(self, kind: str, school: str) -> int:
        """School hours for a kind of request (`appeal` counts as one) at a school; "" is the district."""
        own = getattr(self.schools.get(school), kind, None)
        return int(own if own is not None else getattr(self, kind))


class ConsoleSettings(Part):
    """The console: where people ask for a page, and where requests are answered, appealed and recorded."""

    gateway: Id | None = None
    """Name of the one gateway that runs it, where several share these settings; not written: this one."""
    listen: Listen = Endpoint("127.0.0.1", 9380)
    """Address and port that it listens on."""
    url: Annotated[str, Field(pattern=_WEB), AfterValidator(_url), Called("an address of a site")]
    """Address as people reach it, for example https://ask.example.org; https except on this machine."""
    certificate: LocalPath | None = None
    """PEM file with its certificate chain, when it speaks TLS itself; none: a proxy in front does."""
    certificate_key: LocalPath | None = None
    """PEM file with the certificate's key."""
    workers: Annotated[int, Field(ge=1, le=64)] = 2
    """Processes that answer."""
    threads: Annotated[int, Field(ge=1, le=64)] = 4
    """Requests that one process answers at once."""
    database: Annotated[str, AfterValidator(_database), Called("`sqlite` or a PostgreSQL address")] = SQLITE
    """`sqlite` (a file in the state directory), or postgresql://user@host:5432/name."""
    database_password_file: LocalPath | None = None
    """File that holds the database's password alone, readable for the console's user only."""
    admin_networks: tuple[Range, ...] = LOOPBACK
    """Ranges from which people, duties and accounts can be administered; none but these."""
    admin_listen: Listen = Endpoint("127.0.0.1", 9390)
    """Address and port for /metrics, /healthz and /readyz of the timers; port 0: not served."""
    trusted_proxies: tuple[Range, ...] = ()
    """Web proxies in front of the console; only their word is taken for a client's address and for https."""
    mail: MailSettings | None = None
    """The mail server; none: letters wait in the queue."""
    oidc: OidcSettings | None = None
    """The school's identity provider; none: people log in with a password."""
    hours: SchoolHoursOfDay = SchoolHoursOfDay()
    """The part of a school day in which due times run."""
    due: DueSettings = DueSettings()
    """School hours until somebody must have answered."""
    appeal_days: Annotated[int, Field(ge=1, le=366)] = 10
    """School days in which a refusal can be appealed."""
    remind_before: Annotated[int, Field(ge=0, le=1000)] = 2
    """School hours before the due time at which whoever must answer is reminded; 0: never."""
    requests_per_day: Annotated[int, Field(ge=1, le=1000)] = 20
    """Requests that one person can make in 24 hours."""
    requests_per_shared_device: Annotated[int, Field(ge=1, le=10000)] = 100
    """Requests without a log-in in 24 hours from one device, or cart of devices, that several people use."""
    duties: LocalPath | None = None
    """duties.csv: who is charged with what (`sourcedId,duty,school,rank,begins,ends`)."""
    languages: Annotated[tuple[Annotated[str, AfterValidator(_language)], ...], Field(min_length=1)] = (
        "en",
        "es",
    )
    """Languages that people can choose; the first is used where nothing else is known."""

    @property
    def host(self) -> str:
        """Name or address in `url`, in lower case."""
        return urlsplit(self.url).hostname or ""

    @model_validator(mode="after")
    def _certificate_has_a_key(self) -> Self:
        if (self.certificate is None) != (self.certificate_key is None):
            raise wrong("`certificate` and `certificate_key` belong together", "set both, or none")
        return self
