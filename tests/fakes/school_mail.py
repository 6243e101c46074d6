"""The school's mail server: a real one, on loopback, that takes letters or does what a test tells it to."""

import asyncio
import ssl
import threading
from collections.abc import Callable
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default
from pathlib import Path
from types import TracebackType
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult

from proxy.authority.authority import Authority
from proxy.authority.leaves import Leaves

TAKE, HANG, DIE = "250 taken", "hang", "die"


class SchoolMail:
    """Listens on a port of 127.0.0.1 while used as a context.

    says       address of a recipient -> the response to RCPT; TAKE takes it
    on_data    the response to a whole letter: TAKE, "451 later", "554 never"; or HANG, DIE (break off)
    after_taking   called in the server's thread when a letter was taken, before it says so
    letters    what it took, in order
    """

    def __init__(
        self, *, tls: Path | None = None, implicit: bool = False, login: tuple[str, str] | None = None
    ):
        """
        tls        directory for an authority; STARTTLS is then offered and required
        implicit   TLS from the first octet instead
        login      name and password that it asks for
        """
        self.says: dict[str, str] = {}
        self.on_data = TAKE
        self.after_taking: Callable[[], None] = lambda: None
        self.letters: list[EmailMessage] = []
        self.recipients: list[str] = []
        self.connections = 0
        self.port = 0
        self.ca: Path | None = None
        self._implicit, self._login = implicit, login
        self._tls: ssl.SSLContext | None = None
        if tls is not None:
            authority = Authority.open_or_create(tls, "Mail of the school")
            self.ca = authority.certificate_path
            self._tls = Leaves(authority).leaf_for("127.0.0.1").context
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)

    def __enter__(self) -> "SchoolMail":
        self._thread.start()
        listening = asyncio.run_coroutine_threadsafe(self._listen(), self._loop)
        self._server = listening.result(60)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    def __exit__(self, kind: type[BaseException] | None, error: Any, trace: TracebackType | None) -> None:
        asyncio.run_coroutine_threadsafe(self._close(), self._loop).result(60)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(60)
        self._loop.close()

    async def _listen(self) -> asyncio.Server:
        context = self._tls if self._implicit else None
        return await self._loop.create_server(self._one, "127.0.0.1", 0, ssl=context)

    async def _close(self) -> None:
        self._server.close()
        for task in asyncio.all_tasks():
            if task is not asyncio.current_task():
                task.cancel()
        await asyncio.sleep(0)

    def _one(self) -> SMTP:
        self.connections += 1
        starttls = self._tls if not self._implicit else None
        return SMTP(
            self,
            hostname="mail.school.example",
            tls_context=starttls,
            require_starttls=starttls is not None,
            auth_required=self._login is not None,
            auth_require_tls=False,
            authenticator=self._admit,
            loop=self._loop,
        )

    def _admit(self, server: Any, session: Any, envelope: Any, mechanism: str, auth: Any) -> AuthResult:
        given = (auth.login.decode(), auth.password.decode()) if auth is not None else None
        return AuthResult(success=given == self._login, handled=False)

    # ---- what aiosmtpd asks ---------------------------------------------------------------------

    async def handle_RCPT(
        self, server: Any, session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        said = self.says.get(address, TAKE)
        if said == TAKE:
            envelope.rcpt_tos.append(address)
            return "250 OK"
        return said

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        if self.on_data == HANG:
            await asyncio.Event().wait()
        if self.on_data == DIE:
            server.transport.abort()
        if self.on_data == TAKE:
            letter = BytesParser(policy=default).parsebytes(envelope.content)
            assert isinstance(letter, EmailMessage)
            self.letters.append(letter)
            self.recipients += envelope.rcpt_tos
            self.after_taking()
        return self.on_data
