"""The self-test against the whole filter: in order, broken by hand, mended, and gone."""

import json
import shutil

import pytest

from running_filter import ORIGINS, PROJECT, RunningFilter

pytestmark = [pytest.mark.processes, pytest.mark.timeout(400)]

NAME = "pornography.schoolgate-test.example"


@pytest.fixture
def blocklists(tmp_path):
    copied = tmp_path / "blocklists"
    shutil.copytree(PROJECT / "blocklists", copied)
    return copied


@pytest.fixture
def school(tmp_path, blocklists):
    def with_a_site_behind_the_name(settings):
        """What an open name leads to stays on this machine."""
        settings["lists"]["blocklists"] = str(blocklists)
        settings["dns"]["local_zones"].append("schoolgate-test.example")
        settings["dns"]["local_records"].append({"name": NAME, "value": ORIGINS})

    with RunningFilter(tmp_path, change=with_a_site_behind_the_name, workers=1) as running:
        yield running


def selftest(school, timeout_s="30"):
    done = school.schoolgate("selftest", "--json", "--timeout", timeout_s)
    return done.returncode, json.loads(done.stdout)


def failed(outcome):
    return {(row["group"], row["way"], row["name"]) for row in outcome["rows"] if row["result"] != "pass"}


def test_a_policy_broken_by_hand_makes_the_selftest_fail_until_it_is_mended(school, blocklists):
    groups = {"elementary", "middle", "high", "staff", "guest"}
    status, outcome = selftest(school)
    assert (status, failed(outcome)) == (0, set())
    assert {row["group"] for row in outcome["rows"]} == groups
    assert len({row["source"] for row in outcome["rows"]}) == len(groups)

    starter = blocklists / "pornography" / "starter.txt"
    written = starter.read_text()
    starter.write_text(written.replace(NAME, ""))
    assert school.schoolgate("publish").returncode == 0
    all_open = {(group, way, NAME) for group in groups for way in ("dns", "http", "https")}
    school.poll(lambda: failed(selftest(school)[1]) == all_open, 90, "the selftest does not fail")
    status, outcome = selftest(school)
    assert (status, failed(outcome)) == (1, all_open)
    details = {row["detail"] for row in outcome["rows"] if row["way"] == "dns" and row["result"] == "fail"}
    assert details == {f"not blocked: the resolver gave the address {ORIGINS}"}

    starter.write_text(written)
    assert school.schoolgate("publish").returncode == 0
    school.poll(lambda: selftest(school)[0] == 0, 90, "the selftest does not pass again")

    school.stop()
    status, outcome = selftest(school, "0.5")
    assert (status, outcome["outcome"]) == (3, "no answer")


def test_people_get_a_table_and_wrong_words_get_a_hint(school):
    done = school.schoolgate("selftest", "--timeout", "30")
    lines = done.stdout.splitlines()
    assert done.returncode == 0, done.stdout + done.stderr
    assert lines[0].split() == ["group", "from", "by", "name", "result", "why"]
    assert lines[-1] == "35 probes for 5 groups: 35 pass"
    chosen = school.schoolgate("selftest", "--timeout", "30", "--source", "middle=127.0.1.4")
    assert chosen.returncode == 1
    assert "a client at 127.0.1.4 is not of this group but of 'staff'" in chosen.stdout
    unknown = school.schoolgate("selftest", "--source", "midle=127.0.1.2")
    assert unknown.returncode == 2
    assert "there is no group 'midle'; known: elementary, middle" in unknown.stderr
    assert school.schoolgate("selftest", "--source", "middle").returncode == 2
