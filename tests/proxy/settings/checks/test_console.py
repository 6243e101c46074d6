"""What the console needs of the other settings."""

from pathlib import Path

import pytest

from proxy.settings import load
from small_settings import SCHOOL, write_settings

CONSOLES = [
    pytest.param(
        "console: {url: http://ask.b.example}",
        """
DIR/school.yaml:19:16: console.url: http://ask.b.example would carry log-ins through the network in the clear
    19 | console: {url: http://ask.b.example}
       |                ^^^^^^^^^^^^^^^^^^^^
  hint: write https://ask.b.example
""",
        id="log-ins in the clear",
    ),
    pytest.param(
        "console: {url: https://ask.example.org}",
        """
DIR/school.yaml:19:16: console.url: nobody speaks https for the console
    19 | console: {url: https://ask.example.org}
       |                ^^^^^^^^^^^^^^^^^^^^^^^
  hint: set `certificate` and `certificate_key`, or name the proxy in front in `trusted_proxies`
""",
        id="https by nobody",
    ),
    pytest.param(
        "console: {url: http://localhost, certificate: c.pem, certificate_key: k.pem}",
        """
DIR/school.yaml:19:16: console.url: with a certificate the console speaks https, and http://localhost does not
    19 | console: {url: http://localhost, certificate: c.pem, certificate_key: k.pem}
       |                ^^^^^^^^^^^^^^^^
  hint: write https://localhost
""",
        id="a certificate that nobody would see",
    ),
    pytest.param(
        'console: {url: "http://[::1]:9", mail: {host: mail.b.example, security: none, from: a@b.example}}',
        """
DIR/school.yaml:19:73: console.mail.security: letters would go to mail.b.example in the clear
    19 | console: {url: "http://[::1]:9", mail: {host: mail.b.example, security: none, from: a@b.example}}
       |                                                                         ^^^^
  hint: write `starttls` or `tls`
""",
        id="letters in the clear",
    ),
    pytest.param(
        "console: {url: http://localhost:9380, duties: duties.csv, database_password_file: x}",
        """
DIR/school.yaml:19:47: console.duties: duties name people by their `sourcedId`, and there is no roster
    19 | console: {url: http://localhost:9380, duties: duties.csv, database_password_file: x}
       |                                               ^^^^^^^^^^
  hint: set `roster`, or give duties in the console
DIR/school.yaml:19:83: console.database_password_file: an SQLite database has no password
    19 | console: {url: http://localhost:9380, duties: duties.csv, database_password_file: x}
       |                                                                                   ^
  hint: leave it away, or set `database`
""",
        id="duties of nobody, a password for nothing",
    ),
    pytest.param(
        'console: {url: http://localhost:9380, listen: "127.0.0.1:8080"}',
        """
DIR/school.yaml:19:47: console.listen: 127.0.0.1:8080 is already used by proxy.listen
    19 | console: {url: http://localhost:9380, listen: "127.0.0.1:8080"}
       |                                               ^^^^^^^^^^^^^^^^
  hint: give each part its own port or address
""",
        id="the proxy's port",
    ),
]


@pytest.mark.parametrize(("written", "expected"), CONSOLES)
def test_each_problem_is_said_where_it_stands(tmp_path: Path, written: str, expected: str) -> None:
    loaded = load(write_settings(tmp_path, f"{SCHOOL}{written}\n"))
    said = "\n".join(str(problem) for problem in loaded.problems)
    assert said.replace(str(tmp_path), "DIR") == expected.strip("\n")


@pytest.mark.parametrize(
    "written",
    [
        "console: {url: https://ask.example.org, trusted_proxies: 192.0.2.10/32}",
        "console: {url: https://ask.example.org, certificate: c.pem, certificate_key: k.pem}",
        "console: {url: http://127.0.0.1:9380, mail: {host: localhost, security: none, from: a@b.example}}",
    ],
)
def test_a_sound_console_has_no_problem(tmp_path: Path, written: str) -> None:
    assert load(write_settings(tmp_path, f"{SCHOOL}{written}\n")).problems == ()
