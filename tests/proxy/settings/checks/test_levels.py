"""Who inherits from whom, who is a minor, what is allowed and blocked at once."""

# ruff: noqa: E501  (problems stand here as they are printed)

from pathlib import Path

import pytest

from proxy.settings import load
from small_settings import changed, write_settings

PROBLEMS = [
    pytest.param(
        "  - {id: students, profile: middle, minor: true}",
        "  - {id: students, profile: middle, minor: true, parent: students}",
        """
DIR/school.yaml:14:58: groups.students.parent: the group inherits from itself
    14 |   - {id: students, profile: middle, minor: true, parent: students}
       |                                                          ^^^^^^^^
  hint: students -> students; leave one `parent` away
""",
        id="circles",
    ),
    pytest.param(
        "profile: middle, minor",
        "minor",
        """
DIR/school.yaml:14:6: groups.students.profile: the group 'students' has no `profile`
    14 |   - {id: students, minor: true}
       |      ^^
  hint: one of elementary, middle, high, staff, guest
""",
        id="no profile",
    ),
    pytest.param(
        ", minor: true",
        "",
        """
DIR/school.yaml:14:6: groups.students.minor: the group 'students' does not say whether it is for minors
    14 |   - {id: students, profile: middle}
       |      ^^
  hint: `minor: true` for people under 17, `minor: false` for adults
""",
        id="no minor",
    ),
    pytest.param(
        "profile: middle",
        "profile: staff",
        """
DIR/school.yaml:14:29: groups.students.profile: the group 'students' is for minors and has the profile 'staff'
    14 |   - {id: students, profile: staff, minor: true}
       |                             ^^^^^
  hint: choose another profile, or `minor: false`
""",
        id="minors as staff",
    ),
    pytest.param(
        "strictest: students",
        "strictest: staff",
        """
DIR/school.yaml:18:12: strictest: 'staff' is a group for adults; unknown people may be minors
    18 | strictest: staff
       |            ^^^^^
  hint: groups for minors: students
""",
        id="strictest are adults",
    ),
    pytest.param(
        "minor: true}",
        "minor: true, allow: [{site: example.org, owner: o, reason: r, since: 2026-01-01}], block: [{site: EXAMPLE.org., owner: o, reason: r, since: 2026-01-01}]}",
        """
DIR/school.yaml:14:129: groups.students.block[0]: example.org is blocked here, and allowed by the same level
    14 |  allow: [{site: example.org, owner: o, reason: r, since: 2026-01-01}], block: [{site: EXAMPLE.org., owner: o, reason: r, since: 2026-01-01}]}
       |                                                                                 ^^^^
  hint: keep one of the two (school.yaml, line 14)
""",
        id="allowed and blocked",
    ),
    pytest.param(
        "strictest: students",
        "strictest: students\ndevices: [{id: d, addresses: 192.0.2.7, subject: s-1}]",
        """
DIR/school.yaml:19:50: devices.d.subject: a `subject` needs a roster to be found in
    19 | devices: [{id: d, addresses: 192.0.2.7, subject: s-1}]
       |                                                  ^^^
  hint: add `roster`, or name a `group` instead
""",
        id="subject without roster",
    ),
]


@pytest.mark.parametrize(("old", "new", "expected"), PROBLEMS)
def test_levels_fit_together(old: str, new: str, expected: str, tmp_path: Path) -> None:
    loaded = load(write_settings(tmp_path, changed(old, new)))

    said = "\n".join(str(problem) for problem in loaded.problems)
    assert said.replace(str(tmp_path), "DIR") == expected.strip("\n")
    assert loaded.settings is None


def test_a_group_takes_profile_and_age_from_its_parent(tmp_path: Path) -> None:
    text = changed("strictest: students", "strictest: seniors")
    text = changed("minor: false}", "minor: false}\n  - {id: seniors, parent: students}", text)
    assert load(write_settings(tmp_path, text)).problems == ()
