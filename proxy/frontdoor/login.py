"""Who is behind this connection to the explicit proxy? Basic log-in, proven once and bound to it."""

import asyncio
from base64 import b64decode
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from enum import Enum

from proxy import metrics
from proxy.frontdoor.answers import Answer, Page, Pages
from proxy.frontdoor.sessions import Session
from proxy.gateway import Gateway
from proxy.identity.logins import Logins
from proxy.marking import marked

MAX_CREDENTIALS = 2_048
HASHED_AT_ONCE = 2


class Proof(Enum):
    """What a request's credentials are worth."""

    ENOUGH = "enough"
    MISSING = "missing"
    WRONG = "wrong"
    IMPOSSIBLE = "impossible"
    TO_BE_CHECKED = "to be checked"


class LoginGate:
    """Checks Proxy-Authorization, and asks for it where the settings say so.

    logins    gives what checks passwords under the settings in force; None: no log-in is offered
    """

    def __init__(self, gateway: Gateway, pages: Pages, logins: Callable[[], Logins | None]) -> None:
        self._gateway = gateway
        self._pages = pages
        self._logins = logins
        # threads of its own: whoever guesses on and on must not hold up a new policy, read in one too
        self._hashing = ThreadPoolExecutor(HASHED_AT_ONCE, "login")

    async def refusal(self, session: Session, sent: str, accept_language: str = "") -> Answer | None:
        """Return the page that asks for a log-in, or None when the request may go on.

        sent               the Proxy-Authorization field, or ""
        accept_language    the field of that name, or ""

        A name that was proven stays with the connection. Credentials of another name on the same
        connection are refused: two people do not share one.
        """
        proof = self.proof(session, sent)
        if proof is Proof.TO_BE_CHECKED:
            proof = await self.checked(session, sent)
        return self.answer(proof, accept_language)

    def proof(self, session: Session, sent: str) -> Proof:
        """Say what can be said without computing a password's hash, and remember a name that is proven."""
        settings, logins = self._gateway.settings, self._logins()
        if settings is None or logins is None:
            needed = settings is not None and settings.proxy.require_login
            return Proof.IMPOSSIBLE if needed else Proof.ENOUGH
        if not sent:
            missing = settings.proxy.require_login and session.login is None
            return Proof.MISSING if missing else Proof.ENOUGH
        name, password = credentials(sent)
        if session.login is not None:
            return Proof.ENOUGH if name == session.login else Proof.WRONG
        if not logins.remembers(name, password):
            return Proof.TO_BE_CHECKED
        session.login = name
        return Proof.ENOUGH

    async def checked(self, session: Session, sent: str) -> Proof:
        """Check a password in a thread of its own: its hash is slow on purpose."""
        logins = self._logins()
        name, password = credentials(sent)
        if logins is None:
            return Proof.WRONG
        loop = asyncio.get_running_loop()
        if not await loop.run_in_executor(self._hashing, logins.verify, name, password):
            return Proof.WRONG
        if session.login is not None and session.login != name:
            return Proof.WRONG  # another request of this connection was quicker
        session.login = name
        return Proof.ENOUGH

    def answer(self, proof: Proof, accept_language: str = "") -> Answer | None:
        """The page for a proof that is not enough."""
        match proof:
            case Proof.ENOUGH:
                return None
            case Proof.IMPOSSIBLE:
                text = marked("The list of log-in names cannot be read.")
                title = marked("Log-in is not possible")
                return Answer(self._pages.plain(503, title, text, accept_language=accept_language))
            case Proof.WRONG:
                metrics.REFUSED.inc("http", "login")
        settings = self._gateway.settings
        realm = settings.gateway.school_name if settings else ""
        return Answer(login_needed(self._pages, realm, accept_language), keep=True)


def login_needed(pages: Pages, realm: str, accept_language: str = "") -> Page:
    """407 with a Basic challenge (RFC 9110, section 11.7.1)."""
    quoted = realm.replace("\\", "").replace('"', "")
    return pages.plain(
        407,
        marked("Please log in"),
        marked("This network asks who you are before it opens pages. Log in with your school account."),
        (("Proxy-Authenticate", f'Basic realm="{quoted}", charset="UTF-8"'),),
        accept_language=accept_language,
    )


def credentials(field: str) -> tuple[str, str]:
    """Read the name and password of a Basic field; ("", "") when it is none (RFC 7617)."""
    scheme, _, token = field[:MAX_CREDENTIALS].partition(" ")
    if scheme.lower() != "basic":
        return "", ""
    try:
        text = b64decode(token.strip(), validate=True).decode("utf-8")
    except ValueError:
        return "", ""
    name, _, password = text.partition(":")
    return name, password
