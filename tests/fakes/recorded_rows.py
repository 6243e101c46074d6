"""Rows of a recording, and the policy of a small school in short, for tests of the replay."""

import json

POLICY = {
    "internal_domains": ["oak.example"],
    "lan_cidrs": ["10.1.0.0/16"],
    "gateway_resolver": ["10.1.0.53"],
    "it_cidr": "10.1.2.0/24",
    "staff_cidr": "10.1.8.0/24",
    "student_cidr": "10.1.32.0/20",
    "blocked_hosts": {"arcade.example": "games", "chatter.example": "chat"},
    "blocked_url_prefixes": ["pages.example/view/arcade"],
    "safe_search_enforced": ["google", "youtube (restricted mode)"],
    "allowed_vpn": [{"roles": ["staff", "it"], "host": "vpn.oak.example", "udp": [51820], "tcp": [443]}],
    "remote_desktop": {"allowed_roles": ["it"], "denied_roles": ["student"]},
    "some_rule": "a sentence",
    "egress": {
        "tcp_allowed_out": [80, 443, 5223],
        "tcp_staff_extra": [993],
        "udp_allowed_out": [123, "3478-3481 (meeting media)"],
    },
}

TECHNIQUES = """\
version: 1
techniques:
  - id: test.proxy
    title: Proxy
    nature: anonymizer
    consequence: incident
    weight: 0.5
    explanation: This is a web proxy.
    innocent: [a lesson]
  - {id: test.wrapper, title: Wrapper, nature: wrapper, consequence: log, explanation: This is a translator.}
  - {id: test.mirror, title: Mirror, nature: mirror, consequence: block, explanation: This is a copy.}
  - {id: test.weak, title: Weak, nature: anonymizer, consequence: log, explanation: This is odd.}
  - {id: test.unsafe, title: Unsafe, nature: evasion, consequence: rewrite, explanation: Searches are safe.}
  - {id: vpn.test, title: VPN, nature: anonymizer, consequence: block, explanation: This is a VPN.}
"""


def write_policy(directory, **changes):
    file = directory / "policy.json"
    file.write_text(json.dumps({**POLICY, **changes}))
    return file


def write_rows(directory, *rows, name="rows.jsonl"):
    file = directory / name
    file.write_text("".join(f"{row if isinstance(row, str) else json.dumps(row)}\n" for row in rows))
    return file
