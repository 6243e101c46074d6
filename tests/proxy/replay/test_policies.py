import shutil

import pytest

from proxy.replay.errors import NoRules
from proxy.replay.policies import OWN_BLOCKLISTS, rules_from
from proxy.replay.rows import Who
from recorded_rows import TECHNIQUES, write_policy
from written_school import write_school


def quiet(step, done, total):
    """Progress that nobody looks at."""


@pytest.fixture
def school(tmp_path):
    made = write_school(tmp_path / "school")
    folder = tmp_path / "school" / "blocklists" / "bypass"
    folder.mkdir()
    (folder / "test.yaml").write_text(TECHNIQUES)
    return made


def test_a_folder_of_settings_brings_its_own_techniques_and_surroundings(school):
    rules = rules_from(school.config, "staff", None, quiet)
    assert "test.proxy" in rules.knowledge.techniques
    assert rules.knowledge.around.proxies == {"127.0.0.1:8080"}
    assert rules.subject_of(Who("pupils")).group == "staff"
    assert rules.notes == ()


def test_a_policy_in_short_takes_techniques_and_engines_from_a_folder(tmp_path, school):
    rules = rules_from(write_policy(tmp_path), "", tmp_path / "school" / "blocklists", quiet)
    assert "test.proxy" in rules.knowledge.techniques
    assert rules.knowledge.around.resolvers == {"10.1.0.53"}
    assert rules.subject_of(Who("it")).group == "it"
    assert rules.notes == (
        "safe search of 'google' is unknown and not enforced",
        "safe search of 'youtube' is unknown and not enforced",
    )


def test_what_a_folder_knows_is_what_its_base_would_hold(school):
    school.know_of("vpn.example")
    assert "vpn.example" in rules_from(school.config, "staff", None, quiet).knowledge.names


def test_a_folder_without_techniques_can_judge_no_recording(school):
    shutil.rmtree(school.root / "blocklists" / "bypass")
    with pytest.raises(NoRules, match=r"no .*yaml file stands in this directory"):
        rules_from(school.config, "staff", None, quiet)


def test_our_own_folder_stands_beside_the_code():
    assert (OWN_BLOCKLISTS / "safe_search.yaml").is_file()


def test_what_is_wrong_with_the_techniques_is_said(tmp_path, school):
    folder = tmp_path / "school" / "blocklists"
    (folder / "bypass" / "other.yaml").write_text("version: 1\ntechniques: [{id: x}]\n")
    for policy in (school.config, write_policy(tmp_path)):
        with pytest.raises(NoRules) as raised:
            rules_from(policy, "", folder, quiet)
        assert any("bypass/other.yaml:2" in problem for problem in raised.value.problems)


def test_what_is_wrong_with_the_engines_is_said(tmp_path):
    with pytest.raises(NoRules, match="the file cannot be read"):
        rules_from(write_policy(tmp_path), "", tmp_path, quiet)
