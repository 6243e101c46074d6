import json
from pathlib import Path

import pytest

from proxy.bench.data import data_in
from proxy.bench.names import CATEGORIES
from proxy.bench.school import School, Web, add_to_list, blocklists
from proxy.decision.policy import LogLevel
from proxy.decision.request import Attempt, Stage
from proxy.decision.verdict import Action
from proxy.gateway import Gateway
from proxy.settings.loading import load


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    return data_in(tmp_path_factory.mktemp("data"), 1000)


def settings_of(school, data):
    school.write(data.list_file)
    loaded = load(school.config)
    assert loaded.settings is not None, [str(problem) for problem in loaded.problems]
    return loaded.settings


def test_the_settings_check_and_nothing_of_the_product_is_switched_off(data, tmp_path: Path):
    settings = settings_of(School(tmp_path, 5300, 5301, workers=2), data)
    assert settings.gateway.workers_dns == 2
    assert settings.dns.listen[0].port == 5300
    assert settings.dns.rate_limit.per_client_qps == 1_000_000
    assert settings.district.log is LogLevel.FULL
    assert settings.lists.blocklists == blocklists()


def test_a_proxy_may_reach_the_web_server_and_dials_by_local_names(data, tmp_path: Path):
    ca = tmp_path / "ca.pem"
    ca.write_text("")
    web = Web(8080, "localhost", (8090, 8443), ca, inspect=True)
    settings = settings_of(School(tmp_path, 5300, 5301, web=web), data)
    assert settings.proxy.listen.port == 8080
    assert set(settings.proxy.connect_ports) == {443, 8090, 8443}
    assert settings.networks[0].inspect


def test_each_of_ten_groups_has_a_network_and_blocks_what_is_listed(data, tmp_path: Path):
    school = School(tmp_path, 0, 53, groups=10)
    school.write(data.list_file)
    school.publish()
    gateway = Gateway(school.state)
    gateway.poll()
    (listed,) = data.sample(data.listed, 1)
    judged = [gateway.judge(Attempt(f"10.1.{group}.7", Stage.DNS, listed)) for group in range(10)]
    gateway.close()
    assert [one.request.subject.group for one in judged] == [f"group-{number}" for number in range(10)]
    assert judged[0].verdict.action is Action.BLOCK


def test_names_are_added_to_a_list(tmp_path: Path):
    file = tmp_path / "list.tsv"
    file.write_text("a.example\tgames\n")
    add_to_list(file, ["b.example"])
    assert file.read_text() == f"a.example\tgames\nb.example\t{CATEGORIES[0]}\n"


def test_the_settings_are_written_for_people_too(data, tmp_path: Path):
    School(tmp_path, 5300, 5301).write(data.list_file)
    written = json.loads((tmp_path / "config" / "school.yaml").read_text())
    assert written["lists"]["local"][0]["file"] == "bench-list.tsv"
