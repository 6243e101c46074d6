"""What comes first on a connection? Rows of handshakes.jsonl, from greetings that were recorded and from specifications."""

# ruff: noqa: E501 (tables of what stands in one line in traffic)

import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

type Row = dict[str, Any]

STOPPED = {
    "dns.nextdns.io": ("dns.doh_sni", "block"), "doh.opendns.com": ("dns.doh_sni", "block"), "dns.adguard-dns.com": ("dns.doh_sni", "block"),
    "one.one.one.one": ("dns.doh_sni", "block"), "doh.mullvad.net": ("dns.doh_sni", "block"), "doh.cleanbrowsing.org": ("dns.doh_sni", "block"),
    "www.friv.com": ("tls.sni_policy", "block"), "web.snapchat.com": ("tls.sni_policy", "block"), "store.epicgames.com": ("tls.sni_policy", "block"),
    "api.protonvpn.ch": ("vpn.app", "block_incident"), "nordvpn.com": ("vpn.app", "block_incident"), "www.tunnelbear.com": ("vpn.app", "block_incident"),
    "api.mullvad.net": ("vpn.app", "block_incident"), "controlplane.tailscale.com": ("vpn.tailscale", "block_incident"),
    "relay.example.net": ("dns.dot", "block"), "resolver.example.org": ("dns.doq", "block"), "turn.example.net": ("webrtc.stun", "block"),
    "abc123.trycloudflare.com": ("tunnel.quick", "block"), "cloudflare-ech.com": ("tls.ech_outer", "block"), "": ("tls.no_sni", "block"),
}  # fmt: skip
PLAIN = ("tunnel.ssh", "proxy.http", "proxy.http", "proxy.socks5", "proxy.socks4", "proxy.socks5")


def _row(
    technique: str,
    expect: str,
    first: bytes,
    *,
    port: int = 443,
    transport: str = "tcp",
    dst: str = "203.0.113.20",
    **more: Any,
) -> Row:
    return {"label": "benign" if technique.startswith("benign") else "bypass", "technique": technique, "transport": transport, "port": port,
            "dst": dst, "client": {"role": "student"}, "first_bytes_hex": first.hex(), **more, "expect": expect}  # fmt: skip


def _recorded(kind: str, greetings: Path, dice: random.Random) -> Iterator[Row]:
    plain = iter(PLAIN)
    for at, each in enumerate(json.loads(greetings.read_text())):
        first = bytes.fromhex(each["hex"])
        mine = (at % 3 == 0) == (kind == "tuned")
        if "sni" not in each:
            technique = next(plain)
            if mine:
                yield _row(
                    technique,
                    "block_incident",
                    first,
                    port=dice.choice([22, 443])
                    if technique == "tunnel.ssh"
                    else dice.choice([1080, 3128, 8080, 443]),
                    source="recorded on loopback",
                )
            continue
        if not mine:
            continue
        name, alpn = each["sni"], each["alpn"]
        dst = f"198.51.{dice.randint(1, 250)}.{dice.randint(1, 250)}"
        technique, expect = STOPPED.get(name, ("benign.ordinary", "allow"))
        more: Row = {"sni": name or None, "alpn": ["h2", "http/1.1"] if alpn == "h2" else [alpn] if alpn else [], "ech": "Chromium" in each["tool"],
                     "source": f"{each['tool']}, recorded on loopback"}  # fmt: skip
        if technique.startswith("benign") and dice.random() < 0.5:
            more["resolver_answer_for_sni"] = [dst, "198.51.100.1"]
        port = {"dot": dice.choice([443, 853, 8853]), "stun.turn": 5349}.get(alpn, 443)
        yield _row(technique, expect, first, dst=dst, port=port, **more)
        if technique == "benign.ordinary" and name:  # the same client, elsewhere
            if dice.random() < 0.35:
                yield _row(
                    "tls.sni_mismatch",
                    "block_incident",
                    first,
                    dst="192.0.2.77",
                    **{**more, "resolver_answer_for_sni": ["198.51.100.10", "198.51.100.11"]},
                )
            elif dice.random() < 0.4:
                yield _row("tls.port", "block", first, dst=dst, port=dice.choice([4443, 9443, 2087]), **more)
            elif dice.random() < 0.5:
                yield _row(
                    "benign.near",
                    "allow",
                    first,
                    dst="198.51.100.200",
                    **{**more, "resolver_answer_for_sni": ["198.51.100.10"]},
                )
        if not name:
            yield _row("benign.no_sni_lan", "allow", first, dst=f"10.40.4.{dice.randint(2, 200)}", **more)


def _written(kind: str, dice: random.Random) -> Iterator[Row]:
    some, stop = dice.randbytes, "block_incident"
    far = lambda: f"203.0.113.{dice.randint(2, 250)}"  # noqa: E731
    wire = b"\x01\0\0\0" + some(144)
    yield _row(
        "vpn.wireguard", stop, wire, transport="udp", port=dice.choice([51820, 443, 53, 123, 1194]), dst=far()
    )
    yield _row(
        "vpn.warp",
        stop,
        b"\x01" + some(3) + some(144),
        transport="udp",
        port=dice.choice([2408, 500, 4500]),
        dst=f"162.159.193.{dice.randint(1, 9)}",
    )
    ovpn = b"\x38" + some(8) + b"\0" + bytes(4)
    yield _row("vpn.openvpn", stop, ovpn, transport="udp", port=dice.choice([1194, 443, 53]), dst=far())
    yield _row("vpn.openvpn", stop, len(ovpn).to_bytes(2) + ovpn, port=dice.choice([443, 1194]), dst=far())
    auth = b"\x38" + some(8) + some(20) + (1).to_bytes(4) + some(4) + b"\0" + bytes(4)
    yield _row(
        "vpn.openvpn",
        stop,
        auth,
        transport="udp",
        port=dice.choice([1194, 1197]),
        dst=far(),
        source="with tls-auth",
    )
    ike = (
        some(8)
        + bytes(8)
        + b"\x21\x20\x22\x08"
        + bytes(4)
        + (320).to_bytes(4)
        + b"\x22\x00\x00\x30"
        + some(288)
    )
    yield _row("vpn.ike", "block", ike, transport="udp", port=500, dst=far())
    yield _row("vpn.ike", "block", bytes(4) + ike, transport="udp", port=4500, dst=far())
    yield _row(
        "vpn.l2tp",
        "block",
        bytes.fromhex("c802006900000000000000008008000000000001"),
        transport="udp",
        port=1701,
        dst=far(),
    )
    yield _row(
        "vpn.pptp",
        "block",
        (156).to_bytes(2) + b"\0\x01\x1a\x2b\x3c\x4d\0\x01\0\0\x01\0" + bytes(144),
        port=1723,
        dst=far(),
    )
    yield _row(
        "tunnel.ssh",
        stop,
        b"SSH-2.0-" + dice.choice([b"PuTTY_Release_0.81", b"libssh_0.10.6", b"Go"]) + b"\r\n",
        port=dice.choice([443, 80, 22, 2222]),
        dst=far(),
    )
    yield _row(
        "proxy.socks5",
        stop,
        dice.choice([b"\x05\x01\x00", b"\x05\x03\x00\x01\x02"]),
        port=dice.choice([1080, 443, 9050]),
        dst=far(),
    )
    yield _row(
        "proxy.socks4",
        stop,
        b"\x04\x01\x01\xbb" + some(4) + b"me\x00",
        port=dice.choice([1080, 443]),
        dst=far(),
    )
    yield _row(
        "proxy.http",
        stop,
        b"CONNECT www.example.com:443 HTTP/1.1\r\nHost: www.example.com:443\r\n\r\n",
        port=dice.choice([8080, 8888, 443]),
        dst=far(),
    )
    yield _row(
        "tunnel.unknown",
        stop,
        b"\xe1\x07" + some(180),
        port=443,
        dst=far(),
        source="no header, as Shadowsocks",
    )
    yield _row(
        "quic.http3",
        "block",
        b"\xc3\0\0\0\x01\x08" + some(8) + b"\0\0\x44\x9e" + some(300),
        transport="udp",
        port=443,
        dst=far(),
    )
    yield _row(
        "dns.doq",
        "block",
        b"\xc7\0\0\0\x01\x08" + some(8) + b"\0\0\x44\x9e" + some(200),
        transport="udp",
        port=853,
        dst=far(),
    )
    yield _row(
        "p2p.bittorrent",
        "block",
        b"\x13BitTorrent protocol" + bytes(8) + some(40),
        port=dice.choice([6881, 51413, 443]),
        dst=far(),
    )
    yield _row(
        "remote.rdp",
        stop,
        bytes.fromhex("030000130ee000000000000100080003000000"),
        port=dice.choice([3389, 443]),
        dst=far(),
    )
    yield _row(
        "remote.vnc",
        stop,
        b"RFB 003.008\n",
        port=dice.choice([5900, 443]),
        dst=far(),
        server_first_bytes_hex=b"RFB 003.008\n".hex(),
    )
    yield _row(
        "vpn.dtls",
        "block",
        b"\x16\xfe\xfd" + bytes(8) + b"\0\xb8\x01\0\0\xac" + some(170),
        transport="udp",
        port=443,
        dst=far(),
    )
    yield _row(
        "vpn.zerotier",
        stop,
        some(8) + some(5) + b"\0\0\0\0\0" + some(100),
        transport="udp",
        port=9993,
        dst=far(),
    )
    yield _row(
        "egress.udp", "block", some(60), transport="udp", port=dice.choice([27015, 9999, 41641]), dst=far()
    )
    yield _row("egress.tcp", "block", some(40), port=dice.choice([6667, 25565, 8333]), dst=far())
    yield _row(
        "webrtc.stun",
        "block",
        b"\0\x01\0\0\x21\x12\xa4\x42" + some(12),
        transport="udp",
        port=dice.choice([5349, 19305, 443]),
        dst=far(),
    )
    yield _row(
        "dns.foreign_resolver",
        "block",
        some(2) + b"\x01\0\0\x01\0\0\0\0\0\0\x03www\x04friv\x03com\0\0\x01\0\x01",
        transport="udp",
        port=53,
        dst=dice.choice(["1.1.1.1", "8.8.4.4", "198.51.100.53"]),
    )
    yield _row("benign.ntp", "allow", b"\x23" + bytes(47), transport="udp", port=123, dst=far())
    yield _row(
        "benign.http",
        "allow",
        b"GET /generate_204 HTTP/1.1\r\nHost: connectivitycheck.gstatic.com\r\n\r\n",
        port=80,
        dst=far(),
    )
    yield _row(
        "benign.http",
        "allow",
        b"POST /ocsp HTTP/1.1\r\nHost: ocsp.example.net\r\nContent-Type: application/ocsp-request\r\n\r\n",
        port=80,
        dst=far(),
    )
    yield _row(
        "benign.stun",
        "allow",
        b"\0\x01\0\x08\x21\x12\xa4\x42" + some(12) + b"\x80\x22\0\4abcd",
        transport="udp",
        port=3478,
        dst="74.125.250.129",
    )
    yield _row(
        "benign.dns",
        "allow",
        some(2) + b"\x01\0\0\x01\0\0\0\0\0\0\x03www\x03loc\x03gov\0\0\x01\0\x01",
        transport="udp",
        port=53,
        dst="10.40.0.53",
    )
    yield _row(
        "benign.lan_ssh",
        "allow",
        b"SSH-2.0-OpenSSH_9.2p1\r\n",
        port=22,
        dst="10.40.4.11",
        client={"role": "it"},
    )
    yield _row("benign.lan_print", "allow", b"\x1b%-12345X@PJL\r\n", port=9100, dst="10.40.4.31")
    yield _row(
        "benign.staff_vpn",
        "allow",
        wire[:4] + some(144),
        transport="udp",
        port=51820,
        dst="203.0.113.250",
        client={"role": "staff"},
    )
    yield _row(
        "benign.staff_mail",
        "allow",
        b"",
        port=993,
        dst=far(),
        sni="imap.example.com",
        client={"role": "staff"},
    )


def rows_of(kind: str, greetings: Path) -> Iterator[Row]:
    """All rows of one set."""
    dice = random.Random(f"openings of {kind}")
    found = [
        *_recorded(kind, greetings, dice),
        *_written(kind, dice),
        *(_written(kind, dice) if kind == "apart" else ()),
    ]
    unique = {json.dumps(row, sort_keys=True): row for row in found}
    for at, row in enumerate(unique.values()):
        yield {"id": f"{kind[0]}h-{at:03}", **row}
