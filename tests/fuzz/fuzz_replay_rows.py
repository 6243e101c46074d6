"""Does a row of a recording, whatever it holds, come to an answer or to a complaint, and no detector fail?

Run as `python tests/fuzz/fuzz_replay_rows.py --seconds 10 [--seed N]`. Mutates good rows, their fields and
their octets, and judges them by our own techniques; prints the input of each failure and ends with status 1.
"""

import argparse
import json
import random
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from proxy.bypass.all_detectors import ALL
from proxy.replay.errors import WrongRow
from proxy.replay.formats.jsonl import read_row
from proxy.replay.judging import Judging
from proxy.replay.policies import rules_from
from proxy.replay.rows import Complaint
from proxy.replay.watching import new_watch

POLICY = {
    "blocked_hosts": {"arcade.example": "games"},
    "lan_cidrs": ["10.1.0.0/16"],
    "gateway_resolver": ["10.1.0.53"],
    "allowed_vpn": [{"roles": ["staff"], "host": "vpn.oak.example", "udp": [51820]}],
}
ROWS: tuple[dict[str, Any], ...] = (
    {
        "id": "r",
        "method": "GET",
        "url": "https://www.example.org/service/aHR0cHM6Ly9hcmNhZGUuZXhhbXBsZS8?u=https%3A%2F%2Fa.example",
        "form": "origin",
        "client": {"role": "student", "ip": "10.1.32.9"},
        "headers": {"host": "www.example.org", "accept": "*/*", "referer": "https://a.example/"},
        "response": {"status": 200, "headers": {"content-type": "text/html"}, "body_snippet": "<title>x"},
        "websocket": [
            {"dir": "s2c", "opcode": "binary", "hex": "030000000080000000"},
            {"dir": "c2s", "text": "{}"},
        ],
        "sni": "www.example.org",
        "tls_cert_sans": ["*.example.org"],
    },
    {"id": "s", "url": "https://a.example/", "form": "stream", "stream_first_bytes_hex": "050100"},
    {"id": "c", "method": "CONNECT", "url": "a.example:443", "dst": "192.0.2.1", "port": 8080},
    {
        "id": "b",
        "method": "POST",
        "url": "https://a.example/q",
        "headers": [["content-type", "application/dns-message"]],
        "request_body": "hex:00000100000100000000000001610000010001",
    },
    {
        "id": "d",
        "qname": "6161616161616161.t.example",
        "qtype": "TXT",
        "transport": "udp53",
        "dst": "192.0.2.53",
        "answers": [
            {"type": "CNAME", "rdata": "arcade.example."},
            {"type": "HTTPS", "rdata": '1 . alpn="h2,h3" ech="AAEC"'},
        ],
        "session": "one",
        "seq": 1,
    },
    {
        "id": "t",
        "transport": "tcp",
        "port": 443,
        "dst": "192.0.2.9",
        "sni": "www.example.org",
        "alpn": ["h2"],
        "ech": True,
        "first_bytes_hex": "16030100310100002d0303" + "11" * 32 + "000002130101000002fe0d",
        "resolver_answer_for_sni": ["192.0.2.1"],
    },
    {
        "id": "v",
        "transport": "udp",
        "port": 51820,
        "dst": "192.0.2.9",
        "first_bytes_hex": "01000000" + "5a" * 144,
    },
)
STRANGE: tuple[Any, ...] = (
    None, True, -1, 0, 65536, 10**400, 1.5, "", "\ud800", "\x00", "%25" * 300, "a" * 5000, "[::1", "0x7f.1",
    "xn--", ".", "..", [], {}, [[]], {"": None}, "hex:zz", "hex:00", "16" * 5000, "ff", "https://" * 500,
)  # fmt: skip
ENDLESS = (float("nan"), float("inf"))


def changed(row: dict[str, Any], dice: random.Random) -> dict[str, Any]:
    """A row with some fields changed, taken from another row, or gone."""
    row = dict(row)
    for _ in range(dice.randint(1, 4)):
        other = dice.choice(ROWS)
        name = dice.choice([*row, *other])
        match dice.randrange(5):
            case 0:
                row[name] = dice.choice((*STRANGE, *ENDLESS))
            case 1:
                row.pop(name, None)
            case 2 if name in other:
                row[name] = other[name]
            case 3 if isinstance(row.get(name), str):
                row[name] = _text(row[name], dice)
            case _ if isinstance(row.get(name), dict):
                row[name] = {key: dice.choice((each, *STRANGE)) for key, each in row[name].items()}
    return row


def _text(text: str, dice: random.Random) -> str:
    at = dice.randrange(len(text) + 1)
    piece = dice.choice(("%", "\x7f", "é", "。", "//", "0", "=", "@", ":", "\\", text[:40], "%2525"))
    return dice.choice((text[:at] + piece + text[at:], text[:at], text[at:] + text[:at]))


def octets_changed(line: bytes, dice: random.Random) -> bytes:
    """A line with some octets changed, put in or left out."""
    out = bytearray(line)
    for _ in range(dice.randint(0, 3)):
        at = dice.randrange(len(out) + 1)
        out[at : at + dice.randrange(3)] = dice.randbytes(dice.randrange(4))
    return bytes(out)


def main() -> int:
    """Fuzz until the time is up."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--seed", type=int, default=None)
    args = parser.parse_args()
    dice = random.Random(args.seed)
    with TemporaryDirectory() as directory:
        policy = Path(directory) / "policy.json"
        policy.write_text(json.dumps(POLICY))
        rules = rules_from(policy, "", None, lambda step, done, total: None)
    faults: list[str] = []
    judging = Judging(
        rules, ALL, new_watch(), datetime.now(UTC), lambda name, error: faults.append(f"{name}: {error!r}")
    )
    ends, runs = time.monotonic() + args.seconds, 0
    while time.monotonic() < ends:
        line = octets_changed(json.dumps(changed(dice.choice(ROWS), dice)).encode(), dice)
        runs += 1
        try:
            told = read_row(line, 1, lambda destination: False)
            json.dumps(judging.answer(told.row).as_json())
            assert not faults, faults
        except WrongRow as wrong:
            str(Complaint(1, wrong.field, wrong.wrong, wrong.hint))
        except Exception as error:  # noqa: BLE001  (to find these is what a fuzzer is for)
            print(f"{type(error).__name__}: {error}\n{line!r}", file=sys.stderr)
            return 1
    print(f"{runs} rows, each with an answer or a complaint")
    return 0


if __name__ == "__main__":
    sys.exit(main())
