"""Which host an address lies on, and how it is shown."""

import pytest

from hkpost.ecship.address import address, same_host, without_login


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://user:secret@host.hk:8443/path?token=secret#x", "https://host.hk:8443/path"),
        ("http://host/a", "http://host/a"),
        ("/elsewhere?token=secret", "/elsewhere"),
        ("http://[bad", "an address that cannot be read"),
        ("", ""),
    ],
)
def test_an_address_is_shown_without_what_may_be_secret_in_it(url: str, shown: str) -> None:
    assert address(url) == shown


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://user:secret@host.hk:8443/path?wsdl#x@y", "https://host.hk:8443/path?wsdl#x@y"),
        ("https://user:sec@ret@host/a@b", "https://host/a@b"),
        ("/folder/service@1.wsdl", "/folder/service@1.wsdl"),
    ],
)
def test_a_url_can_be_shown_whole_but_for_a_login(url: str, shown: str) -> None:
    assert without_login(url) == shown


@pytest.mark.parametrize(
    ("asked", "other", "same"),
    [
        ("https://partner.hongkongpost.hk/a?wsdl", "https://PARTNER.HongkongPost.hk./b", True),
        ("https://partner.hongkongpost.hk/a", "https://partner.hongkongpost.hk:443/b", True),
        ("http://partner.hongkongpost.hk:80/a", "http://partner.hongkongpost.hk/b", True),
        ("http://partner.hongkongpost.hk/a", "https://partner.hongkongpost.hk/b", True),
        ("https://partner.hongkongpost.hk/a", "http://partner.hongkongpost.hk/b", False),
        ("https://partner.hongkongpost.hk:8443/a", "http://partner.hongkongpost.hk:8443/b", False),
        ("http://partner.hongkongpost.hk:8080/a", "https://partner.hongkongpost.hk/b", False),
        ("http://partner.hongkongpost.hk:8080/a", "https://partner.hongkongpost.hk:8080/b", True),
        ("https://partner.hongkongpost.hk/a", "https://partner.hongkongpost.hk:8443/b", False),
        ("https://partner.hongkongpost.hk/a", "https://ec-ship-uat.hongkongpost.hk/b", False),
        ("https://partner.hongkongpost.hk/a", "https://partner.hongkongpost.hk.evil.example/b", False),
        ("https://partner.hongkongpost.hk/a", "https://partner.hongkongpost.hk@evil.example/b", False),
        ("https://partner.hongkongpost.hk/a", "https://partner.hongkongpost.hk\\@evil.example/b", False),
        ("https://partner.hongkongpost.hk/a", "https://partner.hongkongpost.hk:port/b", False),
        ("https://partner.hongkongpost.hk/a", "https://xn--/b", False),
        ("https://[::1]/a", "https://[::1]:443/b", True),
        ("https://bücher.example/a", "https://xn--bcher-kva.example/b", True),
        ("http:///a", "http:///b", False),
        ("/a", "/b", False),
    ],
)
def test_a_host_is_a_name_and_a_port_and_never_less_safe(asked: str, other: str, same: bool) -> None:
    assert same_host(asked, other) is same
