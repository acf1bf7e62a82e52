"""`python -m hkpost_simulator` in the foreground."""

import json
import re
import signal
import subprocess
import sys
import urllib.request

import pytest

from hkpost_simulator.__main__ import main
from tests.helpers.command_line import clean_environment


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_prints_its_url_and_ends_at_a_signal(number: signal.Signals) -> None:
    command = [sys.executable, "-m", "hkpost_simulator", "--items", "20", "--user", "u:p", "--frozen"]
    command += ["--start", "2026-03-02T00:00", "--anchor", "2026-03-02T00:00", "--seed", "7"]
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=clean_environment()
    )
    try:
        assert process.stdout is not None
        url = process.stdout.readline().strip()
        assert re.fullmatch(r"http://127\.0\.0\.1:\d+/HKP_MailTrack_API/services/HKP_MailTrack", url)
        base = url.partition("/HKP")[0]
        with urllib.request.urlopen(f"{base}/_sim/clock", timeout=10) as response:
            clock = json.load(response)
        assert clock == {"now": "2026-03-01T16:00:00+00:00", "speed": 1.0, "is_frozen": True}
        process.send_signal(number)
        assert process.wait(timeout=10) == 0
    finally:
        process.kill()
        process.communicate()


def test_a_user_needs_a_password(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--user", "nobody"])
    assert "NAME:PASSWORD" in capsys.readouterr().err
