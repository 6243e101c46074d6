from pathlib import Path

from proxy.startup import starting, written_state

DEMO = Path(__file__).parent.parent.parent / "config" / "demo"


def broken(tmp_path: Path, text: str) -> Path:
    (tmp_path / "gateway.yaml").write_text(text)
    return tmp_path


def test_good_settings_are_what_a_process_starts_with():
    start = starting(DEMO)
    assert start.problems == ()
    assert start.settings is not None
    assert (start.settings.gateway.name, start.from_bundle) == ("demo", False)


def test_without_settings_or_bundle_there_is_nothing_to_start_with(tmp_path):
    start = starting(broken(tmp_path, "gateway:\n  nmae: x\n"))
    assert start.settings is None
    assert start.problems


def test_the_state_directory_is_found_in_settings_that_do_not_check(tmp_path):
    config = broken(tmp_path, "gateway:\n  state: here/state\n  nmae: x\n")
    assert written_state(config) == tmp_path / "here" / "state"


def test_unreadable_settings_leave_the_usual_state_directory(tmp_path):
    assert written_state(broken(tmp_path, "gateway: [")) == tmp_path / ".state"
    assert written_state(broken(tmp_path, "- 1")) == tmp_path / ".state"


def test_the_last_good_bundles_settings_serve_when_the_files_are_broken(tmp_path):
    import shutil

    from proxy.bundle.publish import publish_base
    from proxy.settings.loading import load

    config = tmp_path / "config"
    shutil.copytree(DEMO, config)
    text = (config / "gateway.yaml").read_text().replace("../../.state/demo", "state")
    text = text.replace("../../blocklists", str(DEMO.parent.parent / "blocklists"))
    (config / "gateway.yaml").write_text(text)
    settings = load(config).settings
    assert settings is not None
    publish_base(settings, settings.gateway.state)
    (config / "gateway.yaml").write_text(text.replace("workers_dns", "workers_dsn"))

    start = starting(config)
    assert start.from_bundle
    assert start.settings is not None
    assert start.settings.gateway.name == "demo"
    assert "workers_dsn" in str(start.problems[0])
