"""TLS: verified unless the connection says otherwise, and then the log warns."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from hkpost.ecship.settings import SettingsError
from tests.dispatch.conftest import FetchHarness
from tests.helpers.scripted_service import ScriptedService
from tests.helpers.self_signed import SelfSigned, self_signed

MakeDesk = Callable[..., FetchHarness]


@pytest.fixture
def certificate(tmp_path: Path) -> SelfSigned:
    return self_signed(tmp_path)


@pytest.fixture
def https(certificate: SelfSigned) -> Iterator[ScriptedService]:
    with ScriptedService(tls=certificate.server).running() as service:
        yield service


def test_a_certificate_that_nobody_signed_is_refused_before_anything_is_sent(
    harness: MakeDesk, https: ScriptedService
) -> None:
    d = harness()
    numbers = d.register(3)
    summary = d.fetch(host=https.url, breaker_limit=2)
    assert "has a certificate that is not trusted: give its authority in ca_bundle" in str(summary.failure)
    assert d.outcomes() == {"unreachable": 2}
    assert https.seen == []
    assert d.due() == set(numbers)


def test_a_certificate_is_trusted_by_its_authority_in_ca_bundle(
    harness: MakeDesk, https: ScriptedService, certificate: SelfSigned, caplog: pytest.LogCaptureFixture
) -> None:
    d = harness()
    d.register(3)
    assert d.fetch(host=https.url, ca_bundle=str(certificate.certificate)).items_answered == 3
    assert not [record for record in caplog.records if "verify_tls" in record.message]


def test_without_verifying_the_run_goes_on_and_the_log_warns(
    harness: MakeDesk, https: ScriptedService, caplog: pytest.LogCaptureFixture
) -> None:
    d = harness()
    d.register(3)
    assert d.fetch(host=https.url, verify_tls=False).items_answered == 3
    [warning] = [record for record in caplog.records if "verify_tls is false" in record.message]
    assert warning.levelname == "WARNING"


def test_a_ca_bundle_that_cannot_be_read_is_named_and_nothing_is_sent(
    harness: MakeDesk, tmp_path: Path
) -> None:
    d = harness()
    d.register(3)
    with pytest.raises(SettingsError, match=r"ca_bundle .*nowhere\.pem cannot be read"):
        d.fetch(ca_bundle=str(tmp_path / "nowhere.pem"))
    assert d.service.seen == []
