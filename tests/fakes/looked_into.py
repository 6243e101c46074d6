"""Answers that detectors look into: of web proxies and of nobody in particular, in whatever coding."""

import gzip
import random

import brotli
import zstandard

from proxy.decision.verdict import Action, Reason

WORKER = b"""importScripts('/maths/a.js', '/maths/b.js');
const uv = new UVServiceWorker();
self.__uv$config = {prefix: '/maths/'};
self.addEventListener('fetch', event => event.respondWith(uv.fetch(event)));"""
FRONT = b"""<!doctype html><html><head><title>Ultraviolet</title></head><body>
<form id="uv-form"><input id="uv-address" placeholder="Search the web freely"><input id="uv-search-engine">
</form><script src="uv/uv.bundle.js"></script><script src="uv/uv.config.js"></script></body></html>"""
BARE = b"""{"versions":["v1","v2","v3"],"language":"NodeJS","memoryUsage":19.2,
"project":{"name":"bare-server-node"}}"""
DNS = b"\0\0\x81\x80\0\1\0\0\0\0\0\0\1a\1b\0\0\1\0\1"
NOISE = random.Random(2).randbytes(300_000).hex().encode()
PLAIN = {"html": "text/html", "script": "text/javascript", "json": "application/json"}
CODE = {
    "": bytes,
    "gzip": lambda data: gzip.compress(data, mtime=0),
    "br": lambda data: brotli.compress(data, quality=1),
    "zstd": lambda data: zstandard.ZstdCompressor().compress(data),
}


def answer(
    body: bytes, type_: str, coding: str = "", *fields: str, pieces: int = 0, status="200 OK"
) -> bytes:
    """A whole answer; `pieces`: of so many octets each, and of unknown length."""
    body = CODE[coding](body)
    head = [f"HTTP/1.1 {status}", *fields, *([f"Content-Type: {type_}"] if type_ else [])]
    head += [f"Content-Encoding: {coding}"] if coding else []
    if pieces:
        head.append("Transfer-Encoding: chunked")
        parts = [body[at : at + pieces] for at in range(0, len(body), pieces)]
        body = b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in parts) + b"0\r\n\r\n"
    else:
        head.append(f"Content-Length: {len(body)}")
    return "\r\n".join(head).encode() + b"\r\n\r\n" + body


def stopped(run) -> list[str]:
    return [
        one.rule for one in run.events() if one.action is Action.BLOCK and one.reason is Reason.WAY_AROUND
    ]
