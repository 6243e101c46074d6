import subprocess
import sys

import pytest

from proxy.cli import COMMANDS, main, parser_for


def test_help_lists_every_command_with_what_it_does(capsys):
    with pytest.raises(SystemExit) as ended:
        main(["--help"])
    said = capsys.readouterr().out
    assert ended.value.code == 0
    for name in COMMANDS:
        assert f"\n    {name} " in said
    assert "exit status: 0 done; 1 the answer is no" in said


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_explains_itself(name, capsys):
    with pytest.raises(SystemExit) as ended:
        main([name, "--help"])
    assert ended.value.code == 0
    assert len(capsys.readouterr().out) > 200


def test_only_the_typed_command_is_imported():
    code = "import sys; from proxy.cli import parser_for; parser_for(['explain']); print('mitmproxy' in sys.modules)"  # noqa: E501
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert said.stdout == "False\n"


@pytest.mark.parametrize(
    ("error", "said"),
    [
        pytest.param(
            PermissionError(13, "Permission denied", "/var/lib/schoolgate/ca"),
            "schoolgate: /var/lib/schoolgate/ca: Permission denied; run it as the filter's own user\n",
            id="another user's files",
        ),
        pytest.param(
            OSError(28, "No space left on device"), "schoolgate: No space left on device\n", id="full"
        ),
    ],
)
def test_what_the_system_refuses_is_status_3_and_said_in_a_line(error, said, monkeypatch, capsys):
    def refused(config):
        raise error

    monkeypatch.setattr("proxy.commands.ca.starting", refused)

    assert main(["ca", "show"]) == 3
    assert capsys.readouterr().err == said


def test_a_wrong_command_line_is_status_2(capsys):
    with pytest.raises(SystemExit) as ended:
        parser_for(["explian"]).parse_args(["explian"])
    assert ended.value.code == 2
    assert "explain" in capsys.readouterr().err


def test_whatever_a_command_writes_is_for_its_own_user_only(tmp_path):
    code = (
        f"from proxy.cli import main; main(['check', '--config', 'none']); open({str(tmp_path / 'f')!r}, 'w')"
    )
    subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
    assert (tmp_path / "f").stat().st_mode & 0o777 == 0o600
