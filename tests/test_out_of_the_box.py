"""What do the demo settings and the starter lists do before anybody changes anything?"""

from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from policies import WrittenListings
from proxy.bundle.load import load_current
from proxy.bundle.publish import publish_base
from proxy.decision.pipeline import decide
from proxy.decision.policy import FLOOR
from proxy.decision.request import Attempt, Request, Stage
from proxy.decision.urls import parse_url
from proxy.decision.verdict import Action, Basis, Handling
from proxy.settings.loading import load

MINORS = ("elementary", "middle", "high", "guest")
EVERYBODY = (*MINORS, "staff")

BLOCKED_FOR_MIDDLE_SCHOOL = {
    "pornography": ["www.pornhub.com", "xvideos.com", "onlyfans.com"],
    "games": ["www.roblox.com", "poki.com", "store.steampowered.com", "www.crazygames.com"],
    "social_networks": ["www.instagram.com", "www.facebook.com", "www.tiktok.com", "www.snapchat.com"],
    "chat": ["discord.com", "web.whatsapp.com", "telegram.org"],
    "forums": ["www.reddit.com"],
    "gambling": ["www.bet365.com", "www.draftkings.com", "www.pokerstars.com"],
    "dating": ["tinder.com", "bumble.com"],
    "piracy": ["fmovies.to", "fitgirl-repacks.site"],
    "peer_to_peer": ["thepiratebay.org"],
    "proxies_vpn": ["nordvpn.com", "www.expressvpn.com", "www.torproject.org", "www.croxyproxy.com"],
    "encrypted_dns": ["dns.google", "cloudflare-dns.com", "dns.quad9.net"],
    "remote_access": ["anydesk.com", "www.teamviewer.com"],
    "drugs": ["www.leafly.com", "weedmaps.com"],
    "alcohol_tobacco_vaping": ["www.juul.com", "www.budweiser.com"],
    "weapons": ["www.budsgunshop.com"],
    "gore": ["www.kaotic.com"],
    "hate": ["dailystormer.com"],
    "self_harm": ["sanctioned-suicide.net"],
    "hacking": ["hackforums.net"],
    "file_sharing": ["mega.nz"],
    "streaming_subscription": ["www.netflix.com", "www.hulu.com"],
    "essay_mills": ["essaypro.com"],
    "ai_companions": ["character.ai"],
    "anonymous_messaging": ["ome.tv"],
    "ads_tracking": ["doubleclick.net"],
    "lingerie": ["www.victoriassecret.com"],
    "stalkerware": ["www.mspy.com"],
    "cryptomining": ["coinhive.com"],
    "search_unfiltered": ["www.startpage.com", "search.yahoo.com", "html.duckduckgo.com"],
}
OPEN_FOR_EVERYBODY = [
    # learning
    "www.khanacademy.org", "en.wikipedia.org", "code.org", "scratch.mit.edu", "www.desmos.com", "pbskids.org",
    "www.nasa.gov", "www.loc.gov", "phet.colorado.edu", "classroom.google.com", "docs.google.com",
    "www.britannica.com", "quizlet.com", "www.duolingo.com", "kahoot.com",
    # health
    "kidshealth.org", "www.cdc.gov", "www.mayoclinic.org", "medlineplus.gov", "www.who.int",
    # help in a crisis, and against bullying
    "988lifeline.org", "www.crisistextline.org", "www.thetrevorproject.org", "www.rainn.org",
    "www.childhelp.org", "www.stopbullying.gov", "www.nctsn.org", "www.missingkids.org",
    # growing up
    "www.glsen.org", "pflag.org", "itgetsbetter.org", "www.plannedparenthood.org", "amaze.org",
    # the world
    "apnews.com", "www.bbc.com", "www.weather.gov", "www.usa.gov", "duckduckgo.com", "example.org",
]  # fmt: skip
HELPFUL = ("education", "health", "crisis_help", "lgbtq", "sex_education")


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    loaded = load(Path("config/demo"))
    assert loaded.problems == ()
    state = tmp_path_factory.mktemp("state")
    publish_base(loaded.settings, state)
    bundle = load_current(state)
    assert bundle.problems == ()
    return bundle


@pytest.fixture(scope="module")
def ask(demo):
    """Judge a name on a school morning, as a question to the resolver or as a page."""
    at = datetime(2026, 11, 23, 10, 40, tzinfo=demo.policy.zone)

    def judge(name, group, stage=Stage.DNS, policy=demo.policy):
        url = parse_url(f"https://{name}/") if stage is Stage.HTTP else None
        attempt = Attempt("127.0.1.2", stage, name, url, method="A" if url is None else "GET")
        return decide(Request(attempt, demo.identities.named(group), at), policy)

    return judge


def starter(category):
    lines = (Path("blocklists") / category / "starter.txt").read_text().splitlines()
    return [line.split()[0] for line in lines if line.strip() and not line.startswith("#")]


@pytest.mark.parametrize("stage", [Stage.DNS, Stage.TLS, Stage.HTTP], ids=lambda stage: stage.value)
@pytest.mark.parametrize(
    ("category", "name"), [(c, name) for c, names in BLOCKED_FOR_MIDDLE_SCHOOL.items() for name in names]
)
def test_well_known_sites_are_blocked_for_middle_school(ask, category, name, stage):
    verdict = ask(name, "middle", stage)
    assert (verdict.action, verdict.evidence.category) == (Action.BLOCK, category)
    assert verdict.evidence.list_id == f"starter/{category}"
    assert verdict.evidence.line > 0


@pytest.mark.parametrize("group", EVERYBODY)
@pytest.mark.parametrize("name", OPEN_FOR_EVERYBODY)
def test_learning_health_and_help_are_open(ask, name, group):
    blocked = [s for s in Stage if ask(name, group, s).action is Action.BLOCK]
    assert blocked == []


def test_every_starter_entry_of_a_blocked_category_is_blocked_for_middle_school(ask, demo):
    rules = {rule.category: rule.action.value for rule in demo.policy.profiles["middle"]}
    opened = [
        (category, name)
        for category in rules
        if rules[category] == "block"
        for name in starter(category)
        if ask(name, "middle").action is not Action.BLOCK
    ]
    assert opened == []


def test_every_starter_entry_of_a_helpful_category_is_open_for_all_minors(ask):
    closed = [
        (category, name, group, ask(name, group).explanation)
        for category in HELPFUL
        for name in starter(category)
        for group in MINORS
        if ask(name, group).action is Action.BLOCK
    ]
    assert closed == []


def test_at_least_25_categories_have_real_entries():
    with_entries = [
        folder.name
        for folder in Path("blocklists").iterdir()
        if (folder / "starter.txt").exists()
        and any(not name.endswith(".schoolgate-test.example") for name in starter(folder.name))
    ]
    assert len(with_entries) >= 25


@pytest.mark.parametrize("group", EVERYBODY)
@pytest.mark.parametrize("category", FLOOR)
def test_the_floor_holds_for_everybody(ask, category, group):
    for stage in Stage:
        verdict = ask(f"{category.replace('_', '-')}.schoolgate-test.example", group, stage)
        assert (verdict.action, verdict.evidence.basis) == (Action.BLOCK, Basis.CIPA)


def pass_through():
    paths = sorted(Path("blocklists/pass_through").glob("*.txt"))
    lines = [line for path in paths for line in path.read_text().splitlines()]
    return [line.split()[0].removeprefix("*.") for line in lines if line.strip() and not line.startswith("#")]


def test_what_passes_unread_is_in_no_list_of_the_floor(demo):
    assert len(pass_through()) > 50
    hidden = [
        (name, listing)
        for name in pass_through()
        for listing in demo.policy.listings.for_host(name)
        if listing.category in FLOOR
    ]
    assert hidden == []


@pytest.mark.parametrize("category", FLOOR)
def test_a_floor_listing_holds_against_every_name_that_passes_unread(ask, demo, category):
    names = pass_through()
    passed = [name for name in names if ask(name, "middle", Stage.TLS).handling is Handling.PASS]
    assert len(passed) > 0.9 * len(names)

    below = replace(demo.policy, listings=WrittenListings({f"x.{name}": [category] for name in names}))
    pages = replace(demo.policy, listings=WrittenListings({f"{name}/x": [category] for name in names}))
    for name in names:
        for stage in (Stage.DNS, Stage.TLS):
            blocked = ask(f"x.{name}", "middle", stage, below)
            assert (blocked.action, blocked.evidence.basis) == (Action.BLOCK, Basis.CIPA)
        assert ask(name, "middle", Stage.TLS, pages).handling is Handling.INSPECT


def test_only_the_floor_is_ever_called_required_by_law(demo):
    assert {c.id for c in demo.policy.categories.values() if c.basis is Basis.CIPA} == set(FLOOR)


def test_staff_have_less_blocked_than_pupils(ask):
    names = [name for names in BLOCKED_FOR_MIDDLE_SCHOOL.values() for name in names]
    for_staff = {name for name in names if ask(name, "staff").action is Action.BLOCK}
    assert set(BLOCKED_FOR_MIDDLE_SCHOOL["pornography"]) <= for_staff
    assert len(for_staff) < len(names) / 2
