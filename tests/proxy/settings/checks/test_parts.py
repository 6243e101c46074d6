"""Each part has what another part expects of it."""

# ruff: noqa: E501  (problems stand here as they are printed)

from pathlib import Path

import pytest

from proxy.settings import load
from small_settings import changed, write_settings

PROBLEMS = [
    pytest.param(
        "block_page: {addresses: 192.0.2.1}\n",
        "",
        """
DIR: block_page.addresses: no `addresses` are set, and network 'rooms' answers blocked names with the block page
  hint: set `block_page.addresses`, or `block_answer: nxdomain` there
""",
        id="block page without address",
    ),
    pytest.param(
        "strictest: students",
        "strictest: students\nproxy: {require_login: yes}",
        """
DIR/school.yaml:19:24: proxy.require_login: a log-in is required, and there is no file of log-ins
    19 | proxy: {require_login: yes}
       |                        ^^^
  hint: set `proxy.htpasswd`
""",
        id="login without file",
    ),
    pytest.param(
        "gateway: {",
        'proxy: {transparent_listen: ["127.0.0.1:8081"]}\ngateway: {workers_http: 2, ',
        """
DIR/school.yaml:2:9: proxy.transparent_listen: addresses for redirected traffic (1) and proxy workers (2) differ in number
    2 | proxy: {transparent_listen: ["127.0.0.1:8081"]}
      |         ^^^^^^^^^^^^^^^^^^
  hint: list one for each of `gateway.workers_http`
""",
        id="too few transparent ports",
    ),
    pytest.param(
        "gateway: {",
        "gateway: {fail_mode: essential, essential_names: [co.uk, district.example.org, org], ",
        """
DIR/school.yaml:2:51: gateway.essential_names[0]: 'co.uk' would leave every site open that ends in it
    2 | gateway: {fail_mode: essential, essential_names: [co.uk, district.example.org, org], school_name: Small School}
      |                                                   ^^^^^
  hint: name sites, for example update.example.org
DIR/school.yaml:2:80: gateway.essential_names[2]: 'org' would leave every site open that ends in it
    2 | gateway: {fail_mode: essential, essential_names: [co.uk, district.example.org, org], school_name: Small School}
      |                                                                                ^^^
  hint: name sites, for example update.example.org
""",
        id="essential names that are public suffixes",
    ),
    pytest.param(
        "gateway: {",
        "gateway: {fail_mode: essential, ",
        """
DIR/school.yaml:2:1: gateway.essential_names: no essential names are listed
    2 | gateway: {fail_mode: essential, school_name: Small School}
      | ^^^^^^^
  hint: list `gateway.essential_names`, or write `fail_mode: refuse`
""",
        id="no essential names",
    ),
    pytest.param(
        "system: true",
        "system: true\n  local_records: [{name: a.example, value: 192.0.2.1}, {name: A.example, type: CNAME, value: b.example}]",
        """
DIR/school.yaml:6:57: dns.local_records[1]: a.example has an alias and another record
    6 |   local_records: [{name: a.example, value: 192.0.2.1}, {name: A.example, type: CNAME, value: b.example}]
      |                                                         ^^^^
  hint: a name with a CNAME has nothing else
""",
        id="alias beside a record",
    ),
    pytest.param(
        "blocklists: blocklists",
        "blocklists: blocklists, local: [{id: own, title: Own, file: a.txt, category: games}, {id: own, title: Own, file: b.txt, category: games}]",
        """
DIR/school.yaml:7:99: lists.local.own.id: the id 'own' is used by two lists
    7 | lists: {blocklists: blocklists, local: [{id: own, title: Own, file: a.txt, category: games}, {id: own, title: Own, file: b.txt, category: games}]}
      |                                                                                                   ^^^
  hint: choose another
""",
        id="list id twice",
    ),
    pytest.param(
        "strictest: students",
        "strictest: students\njournal: {max_bytes: 2000000, segment_bytes: 1000000}",
        """
DIR/school.yaml:19:46: journal.segment_bytes: 1000000 is too large for `max_bytes: 2000000`
    19 | journal: {max_bytes: 2000000, segment_bytes: 1000000}
       |                                              ^^^^^^^
  hint: at most a quarter of `max_bytes`
""",
        id="segments too large",
    ),
]


@pytest.mark.parametrize(("old", "new", "expected"), PROBLEMS)
def test_parts_fit_together(old: str, new: str, expected: str, tmp_path: Path) -> None:
    loaded = load(write_settings(tmp_path, changed(old, new)))

    said = "\n".join(str(problem) for problem in loaded.problems)
    assert said.replace(str(tmp_path), "DIR") == expected.strip("\n")
    assert loaded.settings is None
