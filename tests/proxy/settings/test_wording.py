"""What a technician reads for each thing that can be wrong with one value, word by word."""

# ruff: noqa: E501  (problems stand here as they are printed)

from pathlib import Path

import pytest

from proxy.settings import load
from small_settings import changed, write_settings

PROBLEMS = [
    pytest.param(
        "strictest: students",
        "strictest: students\nnetwoks: 3",
        """
DIR/school.yaml:19:1: netwoks: there is no setting called 'netwoks' here
    19 | netwoks: 3
       | ^^^^^^^
  hint: did you mean 'networks'? Known: block_page, bypass, calendar, classes, console, devices, district, dns, gateway, groups, incidents, journal and 10 more
""",
        id="an unknown key at the top",
    ),
    pytest.param(
        "system: true",
        "system: true\n  block_tll_s: 5",
        """
DIR/school.yaml:6:3: dns.block_tll_s: there is no setting called 'block_tll_s' here
    6 |   block_tll_s: 5
      |   ^^^^^^^^^^^
  hint: did you mean 'block_ttl_s'? Known: block_ttl_s, cache, forward_zones, forwarders, listen, local_records, local_zones, max_inflight, max_tcp, rate_limit, system, timeout_ms and 1 more
""",
        id="an unknown key in a part",
    ),
    pytest.param(
        "group: students}",
        "group: students, grup: x}",
        """
DIR/school.yaml:17:59: networks.rooms.grup: there is no setting called 'grup' here
    17 |   - {id: rooms, addresses: 192.0.2.0/24, group: students, grup: x}
       |                                                           ^^^^
  hint: did you mean 'group'? Known: addresses, block_answer, group, id, identify, inspect, school, title
""",
        id="an unknown key in a list's item",
    ),
    pytest.param(
        "networks:\n  - {id: rooms, addresses: 192.0.2.0/24, group: students}\n",
        "",
        """
DIR: the key 'networks' is missing
  hint: Where clients come from.
""",
        id="a missing part",
    ),
    pytest.param(
        "days: weekdays, from: 12:00, to: 12:30",
        "days: weekdays, to: 12:30",
        """
DIR/school.yaml:11:10: schedules.lunch.windows[0]: the key 'from' is missing
    11 |       - {days: weekdays, to: 12:30}
       |          ^^^^
  hint: When it begins, hours and minutes in the zone of these settings.
""",
        id="a missing key in an item",
    ),
    pytest.param(
        "minor: true}",
        "minor: true, rules: [{categories: [gambing], action: block}]}",
        """
DIR/school.yaml:14:72: groups.students.rules[0].categories[0]: no category is called 'gambing'
    14 |   - {id: students, profile: middle, minor: true, rules: [{categories: [gambing], action: block}]}
       |                                                                        ^^^^^^^
  hint: did you mean 'gambling'? Known: child_abuse, gambling, games, pornography (blocklists/categories.yaml)
""",
        id="an unknown category with a near one",
    ),
    pytest.param(
        "minor: true}",
        "minor: true, rules: [{categories: adlut, action: block}]}",
        """
DIR/school.yaml:14:71: groups.students.rules[0].categories: no category is called 'adlut'
    14 |   - {id: students, profile: middle, minor: true, rules: [{categories: adlut, action: block}]}
       |                                                                       ^^^^^
  hint: Known: child_abuse, gambling, games, pornography (blocklists/categories.yaml)
""",
        id="an unknown category, not a list",
    ),
    pytest.param(
        "minor: true}",
        "minor: true, rules: [{categories: games, action: blok}]}",
        """
DIR/school.yaml:14:86: groups.students.rules[0].action: 'blok' is not one of the choices
    14 |   - {id: students, profile: middle, minor: true, rules: [{categories: games, action: blok}]}
       |                                                                                      ^^^^
  hint: did you mean 'block'? Known: allow, block, log
""",
        id="an unknown action",
    ),
    pytest.param(
        "minor: true}",
        "minor: true, rules: [{categories: games, action: allow, schedule: lunhc}]}",
        """
DIR/school.yaml:14:103: groups.students.rules[0].schedule: no schedule is called 'lunhc'
    14 |   - {id: students, profile: middle, minor: true, rules: [{categories: games, action: allow, schedule: lunhc}]}
       |                                                                                                       ^^^^^
  hint: did you mean 'lunch'? Known: lunch
""",
        id="an unknown schedule",
    ),
    pytest.param(
        "minor: true}",
        "minor: true, parent: nowhere}",
        """
DIR/school.yaml:14:58: groups.students.parent: no district, school or group is called 'nowhere'
    14 |   - {id: students, profile: middle, minor: true, parent: nowhere}
       |                                                          ^^^^^^^
  hint: Known: district, staff, students
""",
        id="an unknown parent",
    ),
    pytest.param(
        "group: students",
        "group: student",
        """
DIR/school.yaml:17:49: networks.rooms.group: no group is called 'student'
    17 |   - {id: rooms, addresses: 192.0.2.0/24, group: student}
       |                                                 ^^^^^^^
  hint: did you mean 'students'? Known: staff, students
""",
        id="an unknown group",
    ),
    pytest.param(
        "group: students",
        "group: students, school: north",
        """
DIR/school.yaml:17:67: networks.rooms.school: no school is called 'north'
    17 |   - {id: rooms, addresses: 192.0.2.0/24, group: students, school: north}
       |                                                                   ^^^^^
  hint: none is defined
""",
        id="an unknown school",
    ),
    pytest.param(
        "minor: true}",
        "minor: true, safe_search: {seeek: strict}}",
        """
DIR/school.yaml:14:64: groups.students.safe_search.seeek: no search engine is called 'seeek'
    14 |   - {id: students, profile: middle, minor: true, safe_search: {seeek: strict}}
       |                                                                ^^^^^
  hint: did you mean 'seek'? Known: all, film, seek (blocklists/safe_search.yaml)
""",
        id="an unknown search engine",
    ),
    pytest.param(
        "minor: true}",
        "minor: true, safe_search: {seek: moderate}}",
        """
DIR/school.yaml:14:50: groups.students.safe_search: seek has no safe-search level 'moderate'
    14 |   - {id: students, profile: middle, minor: true, safe_search: {seek: moderate}}
       |                                                  ^^^^^^^^^^^
  hint: it offers: strict, off
""",
        id="a level that an engine has not",
    ),
    pytest.param(
        "minor: true}",
        "minor: true, pass_through: [updates, updats]}",
        """
DIR/school.yaml:14:74: groups.students.pass_through[1]: no pass-through list is called 'updats'
    14 |   - {id: students, profile: middle, minor: true, pass_through: [updates, updats]}
       |                                                                          ^^^^^^
  hint: did you mean 'updates'? Known: updates (blocklists/pass_through)
""",
        id="an unknown pass-through list",
    ),
    pytest.param(
        "blocklists: blocklists",
        "blocklists: blocklists, subscribe: public-game",
        """
DIR/school.yaml:7:44: lists.subscribe: no list source is called 'public-game'
    7 | lists: {blocklists: blocklists, subscribe: public-game}
      |                                            ^^^^^^^^^^^
  hint: did you mean 'public-games'? Known: public-games (blocklists/sources.yaml)
""",
        id="an unknown list source",
    ),
    pytest.param(
        "strictest: students",
        "strictest: students\nproxy: {connect_ports: 70000}",
        """
DIR/school.yaml:19:24: proxy.connect_ports: 70000 is too large
    19 | proxy: {connect_ports: 70000}
       |                        ^^^^^
  hint: at most 65535
""",
        id="a wrong port alone",
    ),
    pytest.param(
        "minor: true}",
        "minor: true, rules: [{categories: [games, pornography], action: allow}]}",
        """
DIR/school.yaml:14:101: groups.students.rules[0].action: 'pornography' cannot be set to 'allow': federal law asks that it is blocked (CIPA, 47 U.S.C. 254(h)(5) and (6))
    14 |   - {id: students, profile: middle, minor: true, rules: [{categories: [games, pornography], action: allow}]}
       |                                                                                                     ^^^^^
  hint: take it out of this rule; a wrong listing is mended with a correction
""",
        id="a floor category that is allowed",
    ),
    pytest.param(
        "minor: true}",
        "minor: true, rules: [{categories: child_abuse, action: log}]}",
        """
DIR/school.yaml:14:92: groups.students.rules[0].action: 'child_abuse' cannot be set to 'log': federal law asks that it is blocked (CIPA, 47 U.S.C. 254(h)(5) and (6))
    14 |   - {id: students, profile: middle, minor: true, rules: [{categories: child_abuse, action: log}]}
       |                                                                                            ^^^
  hint: take it out of this rule; a wrong listing is mended with a correction
""",
        id="a floor category that is only logged",
    ),
    pytest.param(
        "to: 12:30",
        "to: 12:75",
        """
DIR/school.yaml:11:43: schedules.lunch.windows[0].to: '12:75' is not a time of day
    11 |       - {days: weekdays, from: 12:00, to: 12:75}
       |                                           ^^^^^
  hint: write hours and minutes, for example 12:30
""",
        id="a time of day that is none",
    ),
    pytest.param(
        "weekdays",
        "[mon, tues]",
        """
DIR/school.yaml:11:22: schedules.lunch.windows[0].days[1]: 'tues' is not one of the choices
    11 |       - {days: [mon, tues], from: 12:00, to: 12:30}
       |                      ^^^^
  hint: did you mean 'tue'? Known: mon, tue, wed, thu, fri, sat, sun
""",
        id="a weekday that is none",
    ),
    pytest.param(
        "strictest: students",
        "strictest: students\ncalendar: {days_off: [2026-02-30]}",
        """
DIR/school.yaml:19:23: calendar.days_off[0].from: there is no day 2026-02-30
    19 | calendar: {days_off: [2026-02-30]}
       |                       ^^^^^^^^^^
  hint: write year, month and day, for example 2026-11-23
""",
        id="a date that is none",
    ),
    pytest.param(
        "strictest: students",
        "strictest: students\ncalendar: {days_off: [9999-12-31]}",
        """
DIR/school.yaml:19:23: calendar.days_off[0].from: 9999-12-31 is out of reach
    19 | calendar: {days_off: [9999-12-31]}
       |                       ^^^^^^^^^^
  hint: years from 1970 to 2199; for no end, leave it away
""",
        id="a date for ever",
    ),
    pytest.param(
        "strictest: students",
        "strictest: students\ncalendar: {days_off: [11/26/2026]}",
        """
DIR/school.yaml:19:23: calendar.days_off[0].from: '11/26/2026' is not a date
    19 | calendar: {days_off: [11/26/2026]}
       |                       ^^^^^^^^^^
  hint: write year, month and day, for example 2026-11-23
""",
        id="a date in another spelling",
    ),
    pytest.param(
        "strictest: students",
        "strictest: students\ncalendar: {days_off: [{from: 2026-12-24, to: 2026-12-01}]}",
        """
DIR/school.yaml:19:24: calendar.days_off[0]: the last day, 2026-12-01, comes before the first, 2026-12-24
    19 | calendar: {days_off: [{from: 2026-12-24, to: 2026-12-01}]}
       |                        ^^^^
""",
        id="a span of days that ends before it begins",
    ),
    pytest.param(
        "strictest: students",
        "strictest: students\ncalendar: {days_off: [{from: 2026-12-24, to: 2028-12-01}]}",
        """
DIR/school.yaml:19:24: calendar.days_off[0]: a span of days covers at most 400 days
    19 | calendar: {days_off: [{from: 2026-12-24, to: 2028-12-01}]}
       |                        ^^^^
""",
        id="a span of days that is too long",
    ),
    pytest.param(
        "system: true",
        "system: maybe",
        """
DIR/school.yaml:5:11: dns.system: `true` or `false` belongs here, not 'maybe'
    5 |   system: maybe
      |           ^^^^^
""",
        id="a truth value that is none",
    ),
    pytest.param(
        "system: true",
        "system: true\n  timeout_ms: soon",
        """
DIR/school.yaml:6:15: dns.timeout_ms: a whole number belongs here, not 'soon'
    6 |   timeout_ms: soon
      |               ^^^^
""",
        id="a number that is none",
    ),
    pytest.param(
        "system: true",
        "system: true\n  timeout_ms: 99999999",
        """
DIR/school.yaml:6:15: dns.timeout_ms: 99999999 is too large
    6 |   timeout_ms: 99999999
      |               ^^^^^^^^
  hint: at most 30000
""",
        id="a number that is too large",
    ),
    pytest.param(
        "system: true",
        "system: true\n  timeout_ms: 1",
        """
DIR/school.yaml:6:15: dns.timeout_ms: 1 is too small
    6 |   timeout_ms: 1
      |               ^
  hint: at least 50
""",
        id="a number that is too small",
    ),
    pytest.param(
        "192.0.2.0/24",
        "192.0.2.5/24",
        """
DIR/school.yaml:17:28: networks.rooms.addresses: '192.0.2.5/24' is not an address range
    17 |   - {id: rooms, addresses: 192.0.2.5/24, group: students}
       |                            ^^^^^^^^^^^^
  hint: the range with this length is 192.0.2.0/24
""",
        id="a range with host bits",
    ),
    pytest.param(
        "192.0.2.0/24",
        "192.0.2",
        """
DIR/school.yaml:17:28: networks.rooms.addresses: '192.0.2' is not an address range
    17 |   - {id: rooms, addresses: 192.0.2, group: students}
       |                            ^^^^^^^
  hint: for example 192.0.2.0/24 or 2001:db8:1::/48
""",
        id="a range that is none",
    ),
    pytest.param(
        "addresses: 192.0.2.1",
        "addresses: block.example.org",
        """
DIR/school.yaml:6:25: block_page.addresses: 'block.example.org' is not an IP address
    6 | block_page: {addresses: block.example.org}
      |                         ^^^^^^^^^^^^^^^^^
  hint: for example 192.0.2.10 or 2001:db8::10
""",
        id="an address that is none",
    ),
    pytest.param(
        "127.0.0.1:5399",
        "localhost:5399",
        """
DIR/school.yaml:4:11: dns.listen: 'localhost:5399' is not an address and port
    4 |   listen: localhost:5399
      |           ^^^^^^^^^^^^^^
  hint: for example 192.0.2.1:53 or [2001:db8::1]:53
""",
        id="an endpoint that is none",
    ),
    pytest.param(
        "system: true",
        'system: true\n  local_zones: ["bad name"]',
        """
DIR/school.yaml:6:17: dns.local_zones[0]: 'bad name' is not a host name: it has characters that no host name has: ' '
    6 |   local_zones: ["bad name"]
      |                 ^^^^^^^^^^
""",
        id="a name that is none",
    ),
    pytest.param(
        "system: true",
        "system: true\n  local_zones: [192.0.2.1]",
        """
DIR/school.yaml:6:17: dns.local_zones[0]: '192.0.2.1' is an address; a name belongs here
    6 |   local_zones: [192.0.2.1]
      |                 ^^^^^^^^^
  hint: for example learn.example.org
""",
        id="an address where a name belongs",
    ),
    pytest.param(
        "id: rooms",
        "id: class rooms",
        """
DIR/school.yaml:17:10: networks.class rooms.id: 'class rooms' cannot be an id
    17 |   - {id: class rooms, addresses: 192.0.2.0/24, group: students}
       |          ^^^^^^^^^^^
  hint: an id has 1 to 64 letters, digits, '-', '_' and '.', and begins with a letter or digit
""",
        id="an id that is none",
    ),
    pytest.param(
        "America/Chicago",
        "Amerika/Chicago",
        """
DIR/school.yaml:1:7: zone: there is no time zone 'Amerika/Chicago'
    1 | zone: Amerika/Chicago
      |       ^^^^^^^^^^^^^^^
  hint: for example America/Chicago
""",
        id="a time zone that is none",
    ),
    pytest.param(
        "  - {id: rooms",
        "    {id: rooms",
        """
DIR/school.yaml:16:1: networks: a list belongs here, not a block of keys
    16 | networks:
       | ^^^^^^^^
  hint: write [one, two], or one value a line after '- '
""",
        id="a block of keys where a list belongs",
    ),
    pytest.param(
        "windows:\n      - {days: weekdays, from: 12:00, to: 12:30}",
        "windows: 5",
        """
DIR/school.yaml:10:14: schedules.lunch.windows: a block of `key: value` lines belongs here, not '5'
    10 |     windows: 5
       |              ^
""",
        id="a text where a list belongs",
    ),
    pytest.param(
        "gateway: {school_name: Small School}",
        "gateway: yes",
        """
DIR/school.yaml:2:10: gateway: a block of `key: value` lines belongs here, not 'yes'
    2 | gateway: yes
      |          ^^^
""",
        id="a text where keys belong",
    ),
    pytest.param(
        "school_name: Small School",
        "school_name: [a]",
        """
DIR/school.yaml:2:11: gateway.school_name: a text belongs here, not a list
    2 | gateway: {school_name: [a]}
      |           ^^^^^^^^^^^
""",
        id="a list where a text belongs",
    ),
    pytest.param(
        "school_name: Small School",
        "school_name: ''",
        """
DIR/school.yaml:2:24: gateway.school_name: this text is empty
    2 | gateway: {school_name: ''}
      |                        ^^
  hint: write something or leave the key away
""",
        id="an empty text",
    ),
    pytest.param(
        "windows:\n      - {days: weekdays, from: 12:00, to: 12:30}",
        "windows: []",
        """
DIR/school.yaml:10:5: schedules.lunch.windows: this list is empty
    10 |     windows: []
       |     ^^^^^^^
  hint: it needs at least 1
""",
        id="an empty list",
    ),
    pytest.param(
        "strictest: students",
        "strictest: students\ncalendar:\n  weekend:\n    - sat\n    -",
        """
DIR/school.yaml:22:6: calendar.weekend[1]: nothing is written here
    22 |     -
       |      ^
  hint: remove the '-'
""",
        id="a list item with nothing in it",
    ),
    pytest.param(
        "addresses: 192.0.2.1",
        "addresses: 192.0.2.1, portal: requests",
        """
DIR/school.yaml:6:44: block_page.portal: 'requests' is not a web address
    6 | block_page: {addresses: 192.0.2.1, portal: requests}
      |                                            ^^^^^^^^
  hint: for example https://requests.example.org/ask
""",
        id="a web address that is none",
    ),
    pytest.param(
        "minor: true}",
        "minor: true, block: [{site: example.org/x, owner: o, reason: r, since: 2026-01-01}]}",
        """
DIR/school.yaml:14:65: groups.students.block[0].site: 'example.org/x' is more than a site
    14 |   - {id: students, profile: middle, minor: true, block: [{site: example.org/x, owner: o, reason: r, since: 2026-01-01}]}
       |                                                                 ^^^^^^^^^^^^^
  hint: write it as `path:` or `page:`
""",
        id="a site with a path",
    ),
    pytest.param(
        "minor: true}",
        "minor: true, block: [{path: example.org, owner: o, reason: r, since: 2026-01-01}]}",
        """
DIR/school.yaml:14:65: groups.students.block[0].path: 'example.org' is not a part of a site
    14 |   - {id: students, profile: middle, minor: true, block: [{path: example.org, owner: o, reason: r, since: 2026-01-01}]}
       |                                                                 ^^^^^^^^^^^
  hint: write it as `site:` or `page:`
""",
        id="a path that is a whole site",
    ),
    pytest.param(
        "minor: true}",
        'minor: true, allow: [{site: "example.org:8443", owner: o, reason: r, since: 2026-01-01}]}',
        """
DIR/school.yaml:14:65: groups.students.allow[0].site: a rule cannot name a port, as 'example.org:8443' does
    14 |   - {id: students, profile: middle, minor: true, allow: [{site: "example.org:8443", owner: o, reason: r, since: 2026-01-01}]}
       |                                                                 ^^^^^^^^^^^^^^^^^^
  hint: it holds for all ports
""",
        id="a rule with a port",
    ),
    pytest.param(
        "minor: true}",
        "minor: true, allow: [{site: ex ample.org, owner: o, reason: r, since: 2026-01-01}]}",
        """
DIR/school.yaml:14:65: groups.students.allow[0].site: 'ex ample.org' is not a site or page: it has characters that no host name has: ' '
    14 |   - {id: students, profile: middle, minor: true, allow: [{site: ex ample.org, owner: o, reason: r, since: 2026-01-01}]}
       |                                                                 ^^^^^^^^^^^^
""",
        id="a rule about no host",
    ),
    pytest.param(
        "minor: true}",
        "minor: true, allow: [{site: example.org, page: example.org/x, owner: o, reason: r, since: 2026-01-01}]}",
        """
DIR/school.yaml:14:59: groups.students.allow[0]: a line of this list needs exactly one of `site`, `path` and `page`
    14 |   - {id: students, profile: middle, minor: true, allow: [{site: example.org, page: example.org/x, owner: o, reason: r, since: 2026-01-01}]}
       |                                                           ^^^^
  hint: for example site: example.org
""",
        id="a rule about two things",
    ),
    pytest.param(
        "minor: true}",
        "minor: true, allow: [{site: example.org, reason: r, since: 2026-01-01}]}",
        """
DIR/school.yaml:14:59: groups.students.allow[0]: the key 'owner' is missing
    14 |   - {id: students, profile: middle, minor: true, allow: [{site: example.org, reason: r, since: 2026-01-01}]}
       |                                                           ^^^^
  hint: Who answers for this line: a role or office rather than a person's name.
""",
        id="a rule without an owner",
    ),
    pytest.param(
        "minor: true}",
        "minor: true, allow: [{site: example.org, owner: o, reason: r, since: 2026-01-02, ends: 2026-01-01}]}",
        """
DIR/school.yaml:14:124: groups.students.allow[0].ends: it ends on 2026-01-01, before it was added on 2026-01-02
    14 |   - {id: students, profile: middle, minor: true, allow: [{site: example.org, owner: o, reason: r, since: 2026-01-02, ends: 2026-01-01}]}
       |                                                                                                                            ^^^^^^^^^^
""",
        id="a rule that ends before it begins",
    ),
    pytest.param(
        "system: true",
        "system: true\n  upstreams: [{address: 192.0.2.53, protocol: dot}]",
        """
DIR/school.yaml:6:16: dns.upstreams[0]: an upstream with `protocol: dot` needs a `tls_name`
    6 |   upstreams: [{address: 192.0.2.53, protocol: dot}]
      |                ^^^^^^^
  hint: the name in its certificate
""",
        id="an upstream over TLS without a name",
    ),
    pytest.param(
        "  system: true\n",
        "",
        """
DIR/school.yaml:3:1: dns: the resolver has nobody to ask
    3 | dns:
      | ^^^
  hint: write `system: true` or list `upstreams`
""",
        id="a resolver with nobody to ask",
    ),
    pytest.param(
        "system: true",
        "system: true\n  local_records: [{name: a.example, type: AAAA, value: 192.0.2.1}]",
        """
DIR/school.yaml:6:56: dns.local_records[0].value: '192.0.2.1' does not fit a record of type AAAA
    6 |   local_records: [{name: a.example, type: AAAA, value: 192.0.2.1}]
      |                                                        ^^^^^^^^^
""",
        id="a local record that does not fit its type",
    ),
    pytest.param(
        "blocklists: blocklists",
        "blocklists: blocklists, local: [{id: own, title: Own, file: own.txt}]",
        """
DIR/school.yaml:7:42: lists.local.own: list 'own' needs either `category` or `categories`
    7 | lists: {blocklists: blocklists, local: [{id: own, title: Own, file: own.txt}]}
      |                                          ^^
  hint: a list without one blocks nothing
""",
        id="a list without a category",
    ),
    pytest.param(
        "strictest: students",
        "strictest: students\ndevices: [{id: d, addresses: 192.0.2.7}]",
        """
DIR/school.yaml:19:12: devices.d: device 'd' needs either a `subject` or a `group`
    19 | devices: [{id: d, addresses: 192.0.2.7}]
       |            ^^
""",
        id="a device that is nobody's",
    ),
]


@pytest.mark.parametrize(("old", "new", "expected"), PROBLEMS)
def test_says_what_is_wrong_where_and_what_would_be_right(
    old: str, new: str, expected: str, tmp_path: Path
) -> None:
    loaded = load(write_settings(tmp_path, changed(old, new)))

    said = "\n".join(str(problem) for problem in loaded.problems)
    assert said.replace(str(tmp_path), "DIR") == expected.strip("\n")
    assert loaded.settings is None
