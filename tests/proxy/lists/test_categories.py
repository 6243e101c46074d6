"""The catalogue of categories."""

from pathlib import Path

import pytest

from list_world import CATEGORIES_YAML
from proxy.decision.policy import RuleAction
from proxy.decision.verdict import Basis
from proxy.lists.categories import load_categories
from proxy.lists.errors import ListsProblem

OWN = Path(__file__).parents[3] / "blocklists" / "categories.yaml"


def written(tmp_path, text):
    path = tmp_path / "categories.yaml"
    path.write_text(text, "utf-8")
    return path


def messages(tmp_path, text):
    with pytest.raises(ListsProblem) as caught:
        load_categories(written(tmp_path, text))
    return [(one.line, one.message) for one in caught.value.problems]


def test_categories_keep_their_order_and_words(tmp_path):
    catalogue = load_categories(written(tmp_path, CATEGORIES_YAML))

    assert list(catalogue.categories) == ["child_abuse", "pornography", "games", "education"]
    games = catalogue.categories["games"]
    assert (games.name, games.basis, games.decided_by, games.law) == (
        "Games",
        Basis.LOCAL,
        "District committee",
        "",
    )
    assert catalogue.categories["pornography"].basis is Basis.CIPA
    assert catalogue.defaults["high"]["games"] is RuleAction.LOG


@pytest.mark.parametrize("name", ["porn", "PORN", "Adult", "pornography"])
def test_an_upstream_name_leads_to_its_category_in_any_case(tmp_path, name):
    assert load_categories(written(tmp_path, CATEGORIES_YAML)).by_upstream_name(name) == "pornography"


def test_hyphen_underscore_and_blank_are_one(tmp_path):
    catalogue = load_categories(written(tmp_path, CATEGORIES_YAML.replace("[jeux]", "[jeux_video]")))

    assert {catalogue.by_upstream_name(name) for name in ("jeux-video", "Jeux Video", "jeux.video")} == {
        "games"
    }
    assert catalogue.by_upstream_name("jeux") is None


def test_only_a_category_that_everybody_may_see_is_open(tmp_path):
    catalogue = load_categories(written(tmp_path, CATEGORIES_YAML))

    assert [id_ for id_ in catalogue.categories if catalogue.is_open(id_)] == ["education"]


def test_cipa_is_carried_by_the_floor_and_by_nothing_else(tmp_path):
    text = CATEGORIES_YAML.replace(
        "basis: local\n    decided_by: District committee\n    upstream_names: [jeux]",
        "basis: cipa\n    law: x\n    decided_by: y\n    upstream_names: [jeux]",
    )

    assert messages(tmp_path, text) == [
        (19, "categories.2: basis: cipa belongs to child_abuse and pornography and to nothing else")
    ]


def test_a_category_without_cipa_names_no_law(tmp_path):
    text = CATEGORIES_YAML.replace("    basis: local\n", "    basis: local\n    law: some\n", 1)

    assert messages(tmp_path, text)[0][1] == "categories.2: law: is given with basis: cipa, and only with it"


def test_an_upstream_name_belongs_to_one_category(tmp_path):
    assert messages(tmp_path, CATEGORIES_YAML.replace("[jeux]", "[jeux, Adult]")) == [
        (24, "'Adult' is claimed by games and by pornography; keep one")
    ]


def test_an_id_stands_once_and_the_floor_is_complete(tmp_path):
    text = (
        CATEGORIES_YAML.replace("id: education", "id: games")
        .replace("id: child_abuse", "id: harm")
        .replace("basis: cipa\n    law: 18 U.S.C. 2256", "basis: local")
    )

    assert [message for _, message in messages(tmp_path, text)] == [
        "the category games stands there 2 times",
        "the category child_abuse is missing; the law asks for it",
    ]


def test_an_unknown_action_names_those_there_are(tmp_path):
    (problem,) = messages(tmp_path, CATEGORIES_YAML.replace("high: log", "high: maybe"))

    assert problem[0] == 25
    assert "'allow', 'block' or 'log'" in problem[1]


def test_schoolgates_own_categories_are_in_order():
    catalogue = load_categories(OWN)

    assert {id_ for id_, one in catalogue.categories.items() if one.basis is Basis.CIPA} == {
        "child_abuse",
        "pornography",
    }
    assert all(
        catalogue.defaults[profile][id_] is RuleAction.BLOCK
        for profile in catalogue.defaults
        for id_ in ("child_abuse", "pornography")
    )
