"""WS-Security UsernameToken (specification page 3; field notes)."""

from datetime import UTC, datetime, timedelta

import pytest

from hkpost_simulator import Simulator
from hkpost_simulator.envelope import SecurityToken
from hkpost_simulator.security import Credentials
from tests.simulator.asking import ask, digest_token, post, read, request, text_token

ITEM = "RB999999990HK"


def _stamp(offset: timedelta) -> str:
    return (datetime.now(UTC) + offset).isoformat()


def test_digest_and_text_are_both_good(simulator: Simulator) -> None:
    assert ask(simulator, ITEM, token=digest_token()).status == 0
    assert ask(simulator, ITEM, token=text_token()).status == 0


@pytest.mark.parametrize(
    "token",
    [
        "",
        text_token(password="wrong"),
        text_token(user="stranger"),
        digest_token(user="stranger"),
        digest_token(created="yesterday"),
        digest_token().replace("s:Nonce", "s:Other"),
    ],
    ids=["none", "wrong password", "unknown user", "unknown user, digest", "unreadable Created", "no Nonce"],
)
def test_bad_tokens_are_refused(simulator: Simulator, token: str) -> None:
    assert ask(simulator, ITEM, token=token).status == 9992


@pytest.mark.parametrize(("minutes", "code"), [(-6, 9992), (-4, 0), (4, 0), (6, 9992)])
def test_created_must_be_fresh(simulator: Simulator, minutes: int, code: int) -> None:
    token = digest_token(created=_stamp(timedelta(minutes=minutes)))
    assert ask(simulator, ITEM, token=token).status == code


def test_a_replayed_digest_is_refused(simulator: Simulator) -> None:
    body = request([ITEM])
    assert [read(*post(simulator.url, body)).status for _ in range(2)] == [0, 9992]
    assert simulator.requests()[-1].reason == "replayed nonce"


def test_integrator_username_is_the_tokens_user(simulator: Simulator) -> None:
    simulator.credentials.set_user("other", "other")
    assert ask(simulator, ITEM, user="other").status == 9992
    assert ask(simulator, ITEM, user="other", token=digest_token("other", "other")).status == 0


def test_old_nonces_are_forgotten_after_they_stopped_being_fresh() -> None:
    now = datetime(2026, 1, 1, tzinfo=UTC)
    credentials = Credentials({"u": "p"}, wall=lambda: now)
    token = SecurityToken("u", "p", is_digest=False, nonce="n", created=None)
    assert credentials.refusal(token, "u") is None
    assert credentials.refusal(token, "u") == "replayed nonce"
    now += timedelta(minutes=11)
    assert credentials.refusal(token, "u") is None
