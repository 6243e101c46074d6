"""A small, complete settings directory with its own blocklists, to be changed line by line."""

from pathlib import Path

CATEGORIES = """\
version: 1
categories:
  - id: child_abuse
    name: Harm to children
    description: It is a crime.
    basis: cipa
    law: 18 U.S.C. 2256
    decided_by: Federal law
    defaults: {elementary: block, middle: block, high: block, staff: block, guest: block}
  - id: pornography
    name: Pornography
    description: Made for adults.
    basis: cipa
    law: 18 U.S.C. 1460
    decided_by: Federal law
    defaults: {elementary: block, middle: block, high: block, staff: block, guest: block}
  - id: games
    name: Games
    description: Play.
    basis: local
    decided_by: Technology committee
    defaults: {elementary: block, middle: block, high: log, staff: allow, guest: block}
  - id: gambling
    name: Gambling
    description: Playing for money.
    basis: local
    decided_by: Technology committee
    defaults: {elementary: block, middle: block, high: block, staff: block, guest: block}
"""

SOURCES = """\
version: 1
sources:
  - id: public-games
    title: Public games
    url: https://lists.example.org/games.txt
    licence: CC0-1.0
    format: domains
    category: games
"""

ENGINES = """\
version: 1
engines:
  - id: seek
    title: Seek
    levels: [strict]
    hosts: [www.seek.example, seek.example]
    aliases: {strict: safe.seek.example}
    params:
      strict: {safe: "on"}
    param_paths: [/find]
  - id: film
    title: Film
    levels: [strict, moderate]
    hosts: [www.film.example]
    aliases: {strict: strict.film.example, moderate: mild.film.example}
    headers:
      strict: {Film-Restrict: Strict}
      moderate: {Film-Restrict: Moderate}
"""

SCHOOL = """\
zone: America/Chicago
gateway: {school_name: Small School}
dns:
  listen: 127.0.0.1:5399
  system: true
block_page: {addresses: 192.0.2.1}
lists: {blocklists: blocklists}
schedules:
  lunch:
    windows:
      - {days: weekdays, from: 12:00, to: 12:30}
district: {id: district, title: Small District}
groups:
  - {id: students, profile: middle, minor: true}
  - {id: staff, profile: staff, minor: false}
networks:
  - {id: rooms, addresses: 192.0.2.0/24, group: students}
strictest: students
"""


def write_blocklists(directory: Path) -> None:
    """Write categories, sources, engines, one starter list and one pass-through list."""
    (directory / "pass_through").mkdir(parents=True)
    (directory / "pornography").mkdir()
    (directory / "categories.yaml").write_text(CATEGORIES)
    (directory / "sources.yaml").write_text(SOURCES)
    (directory / "safe_search.yaml").write_text(ENGINES)
    (directory / "pornography" / "starter.txt").write_text("# title: t\nadult.example.com\n")
    (directory / "pass_through" / "updates.txt").write_text("# title: t\n\npush.example.org  # a comment\n")


def write_settings(directory: Path, text: str = SCHOOL, **more: str) -> Path:
    """Write blocklists and `school.yaml`, and further files `<name>.yaml`; return the directory.

    The blocklists know nothing of ways around the filter; `bypass` says whether that is wanted.
    """
    write_blocklists(directory / "blocklists")
    (directory / "school.yaml").write_text(text)
    for name, content in ({"bypass": "bypass: {detectors: off}\n"} | more).items():
        (directory / f"{name}.yaml").write_text(content)
    return directory


def changed(old: str, new: str, text: str = SCHOOL) -> str:
    """The small school with one passage replaced."""
    assert old in text, old
    return text.replace(old, new, 1)
