"""The console as a process: real gunicorn, a real database."""

import os
import signal
import socket

import httpx
import pytest

from proxy.console.site.serving import ServingProblem, check_certificate


def get(url, **more):
    return httpx.get(url, timeout=60, **more)


def test_it_answers_with_style_sheets_that_can_be_kept(started):
    page = get(f"{started.url}/account/login/").text
    sheet = page.partition('rel="stylesheet" href="')[2].partition('"')[0]
    answer = get(started.url + sheet, headers={"Accept-Encoding": "gzip"})
    assert answer.status_code == 200
    assert answer.headers["Content-Encoding"] == "gzip"
    assert "immutable" in answer.headers["Cache-Control"]


def test_another_host_name_is_not_ours(started):
    answer = get(f"{started.url}/healthz", headers={"Host": "evil.example"})
    assert answer.status_code == 400
    assert "evil" not in answer.text


def test_a_clients_word_about_its_address_and_scheme_is_not_taken(started):
    said = {"X-Forwarded-For": "10.0.0.1", "X-Forwarded-Proto": "https", "X-Forwarded-Host": "evil.example"}
    answer = get(f"{started.url}/healthz", headers=said)
    assert answer.status_code == 200


def test_a_long_ticket_fits_into_an_address_and_an_endless_one_is_refused(started):
    assert get(f"{started.url}/healthz?ticket={'a' * 7000}").status_code == 200
    assert get(f"{started.url}/healthz?ticket={'a' * 9000}").status_code in (400, 414)


def test_nothing_is_left_in_the_home_folder(started):
    """Gunicorn would put a socket there that takes commands."""
    assert list((started.directory / "home").iterdir()) == []


def test_it_goes_on_after_a_worker_was_killed(started):
    master = started.processes["console"].pid
    started.wait_until(lambda: len(_workers(master)) == 2, "there are not two workers")
    workers = _workers(master)
    os.kill(min(workers), signal.SIGKILL)
    started.wait_until(lambda: _workers(master) - workers != set(), "no new worker was started")
    assert get(f"{started.url}/healthz").status_code == 200


def _workers(master):
    with open(f"/proc/{master}/task/{master}/children") as file:
        return {int(word) for word in file.read().split()}


def test_what_is_no_request_ends_only_itself(started):
    with socket.create_connection(("127.0.0.1", started.port), timeout=60) as client:
        client.sendall(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\r\n\r\n")
        assert b"400" in client.recv(4096)
    assert get(f"{started.url}/healthz").status_code == 200


def test_a_certificate_that_cannot_be_used_is_said(with_console, tmp_path):
    (tmp_path / "c.pem").write_text("nothing")
    running = with_console(certificate=tmp_path / "c.pem", certificate_key=tmp_path / "k.pem")
    with pytest.raises(ServingProblem, match=r"console.certificate: .*c.pem with .*k.pem"):
        check_certificate(running)
