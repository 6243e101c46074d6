"""Every settings directory that Schoolgate brings is sound, and the demo says what the README shows."""

from datetime import date, datetime
from pathlib import Path

import pytest

from proxy.commands.named_files import problems_in_files
from proxy.decision.listing import NoListings
from proxy.decision.policy import BlockAnswer, Policy
from proxy.lists.categories import load_categories
from proxy.settings import Settings, load
from proxy.settings.supplements import read_supplements
from proxy.settings.to_policy import policy_from

CONFIG = Path(__file__).resolve().parents[1] / "config"
DIRECTORIES = sorted(path for path in [CONFIG / "demo", *(CONFIG / "examples").iterdir()] if path.is_dir())


def loaded(directory: Path) -> Settings:
    found = load(directory)
    assert [str(problem) for problem in found.problems] == []
    assert found.settings is not None
    return found.settings


def policy_of(settings: Settings) -> Policy:
    supplements, problems = read_supplements(settings)
    assert problems == ()
    return policy_from(
        settings,
        categories=load_categories(settings.lists.blocklists / "categories.yaml"),
        supplements=supplements,
        listings=NoListings(),
        base=1,
        overlay=0,
    )


@pytest.mark.parametrize("directory", DIRECTORIES, ids=lambda path: path.name)
def test_an_example_has_no_problem_and_makes_a_policy(directory: Path) -> None:
    settings = loaded(directory)

    assert problems_in_files(load(directory), date(2026, 11, 23)) == []
    assert Settings.model_validate_json(settings.model_dump_json()) == settings
    assert policy_of(settings).strictest == settings.strictest


@pytest.mark.parametrize("directory", DIRECTORIES, ids=lambda path: path.name)
def test_an_example_is_commented(directory: Path) -> None:
    for file in directory.glob("*.yaml"):
        assert file.read_text().startswith("# "), file


def test_the_demo_has_the_five_groups_each_with_an_address_of_its_own() -> None:
    settings = loaded(CONFIG / "demo")

    assert [(group.id, group.minor) for group in settings.groups] == [
        ("elementary", True),
        ("middle", True),
        ("high", True),
        ("staff", False),
        ("guest", True),
    ]
    assert {n.addresses[0]: n.group for n in settings.networks if n.addresses[0].startswith("127.0.1.")} == {
        "127.0.1.1/32": "elementary",
        "127.0.1.2/32": "middle",
        "127.0.1.3/32": "high",
        "127.0.1.4/32": "staff",
        "127.0.1.5/32": "guest",
    }


def test_the_demo_needs_no_rights_and_stays_on_loopback() -> None:
    settings = loaded(CONFIG / "demo")
    listening = [
        *settings.dns.listen,
        settings.proxy.listen,
        *settings.block_page.listen_http,
        *settings.block_page.listen_https,
        settings.gateway.admin_listen,
    ]

    assert all(endpoint.port >= 1024 for endpoint in listening)
    assert {endpoint.host for endpoint in listening} == {"127.0.0.1", "::1"}


def test_the_demo_opens_games_for_high_school_at_lunch_only() -> None:
    policy = policy_of(loaded(CONFIG / "demo"))
    rule = next(rule for rule in policy.scopes["high"].rules if rule.category == "games")
    assert rule.schedule is not None

    def at(text: str) -> bool:
        assert rule.schedule is not None
        return rule.schedule.is_on(datetime.fromisoformat(text).replace(tzinfo=policy.zone))

    assert [at(f"2026-11-23 {clock}") for clock in ("11:59", "12:00", "12:29", "12:30")] == [
        False,
        True,
        True,
        False,
    ]
    assert not at("2026-11-24 12:10"), "a half day ends at noon"
    assert not at("2026-11-26 12:10"), "Thanksgiving"
    assert not at("2026-11-28 12:10"), "a Saturday"


def test_the_demo_keeps_minors_search_safe_and_answers_guests_without_a_page() -> None:
    policy = policy_of(loaded(CONFIG / "demo"))

    assert policy.scopes["maple-valley"].safe_search["youtube"] == "strict"
    assert policy.scopes["high"].safe_search == {"youtube": "moderate"}
    assert set(policy.scopes["staff"].safe_search.values()) == {"off"}
    assert policy.networks["guest-wifi"] is BlockAnswer.NXDOMAIN
    assert policy.gateway_names == {"block.demo.test": "the block page"}
