"""How does a file come here from the web without being led astray, flooded or kept waiting?

Names are resolved here, each address is judged, and exactly the judged address is dialled.
"""

import hashlib
import socket
import ssl
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import httpx

from proxy.lists.deadline import Deadline
from proxy.lists.errors import FetchRefused
from proxy.lists.public_addresses import is_public

MAX_REDIRECTS = 5
MOVED = frozenset({301, 302, 303, 307, 308})
NOT_MODIFIED = 304
MAX_PORT = 65_535
CHUNK = 1 << 16
PATIENCE_S = 20.0
AGENT = "schoolgate-lists"

type Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Limits:
    """What a fetch may cost.

    timeout_s       for one list altogether
    max_bytes       after decompression
    allow_private   whether addresses inside the school (or this machine) may be asked
    """

    timeout_s: float = 120.0
    max_bytes: int = 256 << 20
    allow_private: bool = False


@dataclass(frozen=True, slots=True)
class Downloaded:
    """What came.

    octets   after content decoding; 0 when nothing changed
    """

    unchanged: bool
    octets: int = 0
    sha256: str = ""
    etag: str = ""
    last_modified: str = ""


@dataclass(frozen=True, slots=True)
class Downloader:
    """Fetches files over HTTP.

    clock    seconds that only grow, for the time limit
    trust    certificates to trust; None: those the system's Python trusts
    """

    limits: Limits
    clock: Callable[[], float]
    trust: ssl.SSLContext | None = None
    progress: Progress = lambda done, total: None

    def fetch(
        self, url: str, into: Path, *, etag: str = "", last_modified: str = "", pinned: bool = False
    ) -> Downloaded:
        """Fetch a URL into a file, unless it is what the validators name.

        pinned   a checksum is known beforehand, so plain http will do

        Raises FetchRefused with the reason.
        """
        ends = self.clock() + self.limits.timeout_s
        headers = {"User-Agent": AGENT, "Accept-Encoding": "gzip"}
        if etag:
            headers["If-None-Match"] = etag
        if last_modified:
            headers["If-Modified-Since"] = last_modified
        verify = self.trust or ssl.create_default_context()
        with (
            Deadline(self.limits.timeout_s) as deadline,
            httpx.Client(verify=verify, trust_env=False, follow_redirects=False) as client,
        ):
            target = _parsed(url)
            for _ in range(MAX_REDIRECTS + 1):
                self._check_scheme(target, pinned)
                try:
                    with self._asked(client, target, headers, ends, deadline) as response:
                        if response.status_code in MOVED:
                            target = self._next(target, response)
                            continue
                        came = self._answer(target, response, into, ends)
                    if not deadline.is_up:  # else a body of no stated length may end where we hung up
                        return came
                    raise self._late(target)
                except FetchRefused as refusal:
                    if deadline.is_up:
                        raise self._late(target) from refusal
                    raise
        raise FetchRefused(f"{url}: more than {MAX_REDIRECTS} redirections")

    def _check_scheme(self, url: httpx.URL, pinned: bool) -> None:
        if url.scheme not in ("https", "http") or not url.host:
            raise FetchRefused(f"{url}: only https addresses are fetched")
        if (url.port or 0) > MAX_PORT:
            raise FetchRefused(f"{url}: it is no web address: a port is at most {MAX_PORT}")
        if url.scheme == "http" and not pinned:
            raise FetchRefused(f"{url}: plain http needs the list's sha256 in its source entry")

    def _next(self, url: httpx.URL, response: httpx.Response) -> httpx.URL:
        try:
            return url.join(response.headers["location"])
        except (KeyError, httpx.InvalidURL) as error:
            raise FetchRefused(f"{url}: it redirects to nowhere") from error

    def _asked(
        self,
        client: httpx.Client,
        url: httpx.URL,
        headers: Mapping[str, str],
        ends: float,
        deadline: Deadline,
    ) -> "_Open":
        """Ask one of the host's addresses after the other until one takes the connection."""
        problem: Exception | None = None
        for address in self._addresses(url):
            left = ends - self.clock()
            if left <= 0:
                raise self._late(url)
            request = client.build_request(
                "GET",
                url.copy_with(host=address),
                headers={**headers, "Host": url.netloc.decode("ascii")},
                extensions={"sni_hostname": url.raw_host.decode("ascii"), "trace": deadline.note},
                timeout=min(left, PATIENCE_S),
            )
            try:
                return _Open(client.send(request, stream=True))
            except httpx.TransportError as error:
                problem = error
        raise FetchRefused(f"{url}: cannot be reached: {problem}") from problem

    def _addresses(self, url: httpx.URL) -> list[str]:
        port = url.port or (443 if url.scheme == "https" else 80)
        try:
            found = socket.getaddrinfo(url.host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            raise FetchRefused(f"{url}: the name {url.host} cannot be resolved: {error}") from error
        addresses = list(dict.fromkeys(str(entry[4][0]).partition("%")[0] for entry in found))
        for address in addresses:
            if not self.limits.allow_private and not is_public(address):
                raise FetchRefused(
                    f"{url}: {url.host} stands for {address}, an address inside this network; "
                    "allow_private: true permits that for a mirror of your own"
                )
        return addresses

    def _answer(self, url: httpx.URL, response: httpx.Response, into: Path, ends: float) -> Downloaded:
        if response.status_code == NOT_MODIFIED:
            return Downloaded(unchanged=True)
        if response.status_code != 200:
            raise FetchRefused(f"{url}: the server answers {response.status_code} {response.reason_phrase}")
        digest = hashlib.sha256()
        with into.open("wb") as out:
            octets = self._save(url, response, out, digest.update, ends)
        return Downloaded(
            unchanged=False,
            octets=octets,
            sha256=digest.hexdigest(),
            etag=response.headers.get("etag", ""),
            last_modified=response.headers.get("last-modified", ""),
        )

    def _save(
        self,
        url: httpx.URL,
        response: httpx.Response,
        out: BinaryIO,
        note: Callable[[bytes], object],
        ends: float,
    ) -> int:
        length = response.headers.get("content-length", "")
        total, octets = int(length) if length.isdigit() else 0, 0
        try:
            for chunk in _decoded(response):
                octets += len(chunk)
                if octets > self.limits.max_bytes:
                    raise FetchRefused(f"{url}: it is larger than {self.limits.max_bytes} bytes unpacked")
                if self.clock() > ends:
                    raise self._late(url)
                out.write(chunk)
                note(chunk)
                self.progress(response.num_bytes_downloaded, total)
        except (httpx.HTTPError, zlib.error, EOFError) as error:
            raise FetchRefused(f"{url}: it broke off: {error}") from error
        return octets

    def _late(self, url: httpx.URL) -> FetchRefused:
        return FetchRefused(f"{url}: it took longer than {self.limits.timeout_s:g} s")


def _parsed(url: str) -> httpx.URL:
    try:
        return httpx.URL(url)
    except httpx.InvalidURL as error:
        raise FetchRefused(f"{url[:200]}: it is no web address: {error}") from error


class _Open:
    """A response that is closed at the end of its block."""

    def __init__(self, response: httpx.Response) -> None:
        self._response = response

    def __enter__(self) -> httpx.Response:
        return self._response

    def __exit__(self, *_: object) -> None:
        self._response.close()


def _decoded(response: httpx.Response) -> Iterator[bytes]:
    """The body without its content encoding, never more than CHUNK at once."""
    encoding = response.headers.get("content-encoding", "identity").strip().lower()
    if encoding in ("", "identity"):
        yield from response.iter_raw(CHUNK)
        return
    if encoding not in ("gzip", "x-gzip"):
        raise httpx.DecodingError(f"the server packs it as {encoding[:20]}, which was not asked for")
    unpacker = zlib.decompressobj(16 + zlib.MAX_WBITS)
    for raw in response.iter_raw(CHUNK):
        while raw:
            yield unpacker.decompress(raw, CHUNK)
            raw = unpacker.unconsumed_tail
    yield unpacker.flush()
    if not unpacker.eof:
        raise EOFError("the packed body ends too early")
    if unpacker.unused_data:
        raise EOFError("something follows the packed body, so a part would be missing")
