"""A school as files: a settings directory with categories, lists and a roster, to be published."""

import dataclasses
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from proxy.bundle.layout import Layout, Part
from proxy.bundle.publish import publish_base
from proxy.settings.loading import load
from proxy.settings.schema import Settings

MORNING = datetime(2026, 11, 23, 16, 40, tzinfo=UTC)  # 10:40 in Chicago, a Monday

CATEGORIES = {
    "child_abuse": ("cipa", "block"),
    "pornography": ("cipa", "block"),
    "games": ("local", "block"),
    "education": ("local", "allow"),
}
PEOPLE = [
    # sourcedId, enabledUser, org, role, username, grade
    ("student-6", "true", "org-oak", "student", "six", "06"),
    ("student-11", "true", "org-oak", "student", "Eleven", "11"),
    ("teacher-1", "true", "org-oak", "teacher", "teach", ""),
    ("student-gone", "false", "org-oak", "student", "gone", "06"),
]


@dataclass
class WrittenSchool:
    """The directories of one school below one directory."""

    root: Path

    @property
    def config(self) -> Path:
        return self.root / "config"

    @property
    def state(self) -> Path:
        return self.root / "state"

    @property
    def layout(self) -> Layout:
        return Layout(self.state)

    def settings(self) -> Settings:
        loaded = load(self.config)
        assert loaded.settings is not None, [str(problem) for problem in loaded.problems]
        return loaded.settings

    def publish(self, say: Any = lambda line: None) -> int:
        return publish_base(self.settings(), self.state, now=MORNING, say=say)

    def list_games(self, *names: str) -> None:
        (self.config / "games.txt").write_text("\n".join(names) + "\n")

    def list_floor(self, *names: str) -> None:
        (self.config / "floor.txt").write_text("\n".join(names) + "\n")

    def know_of(self, *names: str) -> Path:
        """Have a way around the filter looked for, known by these names, and return the file about it."""
        file = self.root / "blocklists" / "bypass" / "vpn.yaml"
        file.parent.mkdir(exist_ok=True)
        self.change(bypass={})
        technique = {"id": "vpn.app", "title": "VPN", "nature": "anonymizer", "consequence": "block"}
        _write(
            file,
            {
                "version": 1,
                "techniques": [{**technique, "explanation": "This is a VPN."}],
                "names": [
                    {"technique": "vpn.app", "source": "seen", "date": "2026-11-01", "names": list(names)}
                ],
                "heads": [
                    {
                        "technique": "vpn.app",
                        "source": "seen",
                        "date": "2026-11-01",
                        "address": r"/vpn/(?:begin|end)\?",
                    }
                ],
            },
        )
        return file

    def change(self, **parts: Any) -> None:
        """Replace whole parts of the settings."""
        data = json.loads((self.config / "school.yaml").read_text()) | parts
        (self.config / "school.yaml").write_text(json.dumps(data, indent=1))

    def base(self, revision: int) -> Path:
        return self.layout.path(Part.BASE, revision)

    def overlay(self, revision: int) -> Path:
        return self.layout.path(Part.OVERLAY, revision)


def write_school(root: Path) -> WrittenSchool:
    """Write the files of a school with two groups, three networks and four people."""
    school = WrittenSchool(root)
    blocklists = root / "blocklists"
    blocklists.mkdir(parents=True)
    school.config.mkdir()
    profiles = ("elementary", "middle", "high", "staff", "guest")
    categories = [
        {
            "id": id_,
            "name": id_.replace("_", " ").title(),
            "description": "What belongs here.",
            "basis": basis,
            "decided_by": "Technology committee",
            "defaults": dict.fromkeys(profiles, action),
            **({"law": "47 U.S.C. 254(h)"} if basis == "cipa" else {}),
        }
        for id_, (basis, action) in CATEGORIES.items()
    ]
    _write(blocklists / "categories.yaml", {"version": 1, "categories": categories})
    _write(blocklists / "sources.yaml", {"version": 1, "sources": []})
    _write(blocklists / "safe_search.yaml", {"version": 1, "engines": []})
    _write_roster(root / "config")
    _write(school.config / "school.yaml", _settings())
    school.list_games("games.example", "arcade.example")
    school.list_floor("floor.example")
    return dataclasses.replace(school)


def _settings() -> dict[str, Any]:
    return {
        "zone": "America/Chicago",
        "gateway": {"state": "../state", "name": "gw-1"},
        "block_page": {"addresses": "192.0.2.80"},
        "dns": {"upstreams": [{"address": "192.0.2.53"}]},
        "lists": {
            "blocklists": "../blocklists",
            "starter": False,
            "local": [
                {"id": "our-games", "title": "Games", "file": "games.txt", "category": "games"},
                {"id": "our-floor", "title": "Floor", "file": "floor.txt", "category": "pornography"},
            ],
        },
        "bypass": {"detectors": False},
        "schools": [{"id": "oak", "roster_id": "org-oak"}],
        "groups": [
            {"id": "pupils", "profile": "middle", "minor": True},
            {"id": "staff", "profile": "staff", "minor": False},
        ],
        "classes": [{"id": "lab", "roster_id": "class-lab", "parent": "oak"}],
        "devices": [{"id": "tablet", "addresses": "192.0.2.77", "subject": "student-11"}],
        "strictest": "pupils",
        "networks": [
            {"id": "rooms", "addresses": "192.0.2.0/24", "inspect": True},
            {"id": "office", "addresses": ["198.51.100.0/24", "2001:db8:5::/48"], "group": "staff"},
            {"id": "guests", "addresses": "203.0.113.0/24", "identify": False},
        ],
        "roster": {
            "users": "roster/users.csv",
            "orgs": "roster/orgs.csv",
            "enrollments": "roster/enrollments.csv",
            "demographics": "roster/demographics.csv",
            "placements": [
                {"group": "staff", "roles": ["teacher"]},
                {"group": "pupils", "grades": ["6", "11"]},
            ],
        },
    }


def _write_roster(config: Path) -> None:
    roster = config / "roster"
    roster.mkdir()
    users = ["sourcedId,enabledUser,orgSourcedIds,role,username,givenName,familyName,grades"]
    users += [
        f"{id_},{enabled},{org},{role},{login},Given,Family,{grade}"
        for id_, enabled, org, role, login, grade in PEOPLE
    ]
    (roster / "users.csv").write_text("\n".join(users) + "\n")
    (roster / "orgs.csv").write_text(
        "sourcedId,name,type\norg-oak,Oak School,school\norg-d,District,district\n"
    )
    (roster / "enrollments.csv").write_text(
        "sourcedId,classSourcedId,userSourcedId,role,beginDate,endDate\n"
        "e1,class-lab,student-11,student,2026-08-19,2027-06-10\n"
        "e2,class-lab,teacher-1,teacher,2026-08-19,2027-06-10\n"
        "e3,class-old,student-6,student,2025-08-19,2026-06-10\n"
    )
    (roster / "demographics.csv").write_text(
        "sourcedId,birthDate\nstudent-11,2009-11-23\nstudent-6,2014-01-01\n"
    )


def _write(file: Path, data: Any) -> None:
    file.write_text(json.dumps(data, indent=1))
