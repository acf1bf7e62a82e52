"""What Airflow's provider manager reads: the connection type `hkpost` and its form."""

from importlib.metadata import version
from pathlib import Path
from typing import Any

_DISTRIBUTION = "hkpost-tracking"
_INTEGRATION = "Hongkong Post tracking"


def _field(label: str, type_: str, default: Any, description: str, **schema: Any) -> dict[str, Any]:
    return {
        "label": label,
        "description": description,
        "schema": {"type": [type_, "null"], "default": default, **schema},
    }


CONN_FIELDS = {
    "wsdl": _field("WSDL", "string", None, "Path or URL of a WSDL; blank: the bundled one."),
    "lang": _field(
        "Language",
        "string",
        "A",
        "A: all three languages, E: English, C: Traditional Chinese, S: Simplified Chinese.",
        enum=["A", "E", "C", "S"],
    ),
    "wsse": _field(
        "WS-Security",
        "string",
        "digest",
        "How the credential is sent: PasswordDigest, PasswordText, or not at all.",
        enum=["digest", "text", "none"],
    ),
    "min_interval_ms": _field(
        "Minimum interval (ms)", "number", 100, "Gap between two requests; never under 100.", minimum=100
    ),
    "pace_margin_ms": _field(
        "Pace margin (ms)", "number", 5, "Added to the gap, for what the network does to it.", minimum=0
    ),
    "max_in_flight": _field(
        "Requests in flight", "integer", 16, "The most at one time; one pace for all.", minimum=1
    ),
    "daily_quota": _field(
        "Daily quota", "integer", 100_000, "Requests a day that the service allows.", minimum=1
    ),
    "quota_reserve": _field(
        "Quota reserve",
        "integer",
        None,
        "Requests kept for hkpost_track_now; blank: 1000, or 0 when the quota is under 10,000.",
        minimum=0,
    ),
    "quota_timezone": _field(
        "Quota time zone", "string", "Asia/Hong_Kong", "Whose midnight begins a new quota."
    ),
    "timeout_s": _field("Time-out (s)", "number", 30, "For connecting, and for a whole answer.", minimum=0.1),
    "verify_tls": _field("Verify TLS", "boolean", True, "Check the service's certificate."),
    "ca_bundle": _field("CA bundle", "string", None, "Path of a PEM file with the authorities to trust."),
    "proxy": _field(
        "Proxy",
        "string",
        None,
        "http://user:password@host:port of the proxy whose IP address the service knows.",
        format="password",
    ),
    "max_body_mb": _field("Largest answer (MB)", "number", 16, "A larger answer is given up."),
}


def _modules(folder: str) -> list[str]:
    """The modules of one of our folders, by their names."""
    files = sorted(Path(__file__).with_name(folder).glob("[!_]*.py"))
    return [f"hkpost_airflow.{folder}.{file.stem}" for file in files]


def provider_info() -> dict[str, Any]:
    """Return the distribution's description for the entry point `apache_airflow_provider`."""
    return {
        "package-name": _DISTRIBUTION,
        "name": "Hongkong Post tracking",
        "description": "Tracks mail items with Hongkong Post's EC-Ship service.",
        "versions": [version(_DISTRIBUTION)],
        "integrations": [
            {
                "integration-name": _INTEGRATION,
                "external-doc-url": "https://www.hongkongpost.hk/",
                "tags": ["service"],
            }
        ],
        "hooks": [
            {
                "integration-name": _INTEGRATION,
                "python-modules": ["hkpost_airflow.hooks.hkpost", "hkpost_airflow.hooks.warehouse"],
            }
        ],
        "operators": [{"integration-name": _INTEGRATION, "python-modules": _modules("operators")}],
        "sensors": [{"integration-name": _INTEGRATION, "python-modules": _modules("sensors")}],
        "triggers": [{"integration-name": _INTEGRATION, "python-modules": _modules("triggers")}],
        "notifications": ["hkpost_airflow.notifications.hkpost.HkpostNotifier"],
        "extra-links": ["hkpost_airflow.links.HkpostPageLink"],
        "asset-uris": [{"schemes": ["hkpost"], "handler": None}],
        "plugins": [{"name": "hkpost", "plugin-class": "hkpost_airflow.page.plugin.HkpostPlugin"}],
        "bundles": [{"integration-name": _INTEGRATION, "python-modules": ["hkpost_airflow.bundle"]}],
        "connection-types": [
            {
                "connection-type": "hkpost",
                "hook-class-name": "hkpost_airflow.hooks.hkpost.HkpostHook",
                "hook-name": "Hongkong Post tracking",
                "ui-field-behaviour": {
                    "hidden-fields": ["schema"],
                    "relabeling": {
                        "host": "Service URL",
                        "login": "API username",
                        "password": "API credential",
                        # Airflow 3.3's Test refuses a stored connection without a port before the hook sees it.
                        "port": "Port (any; only Test needs one)",
                    },
                    "placeholders": {
                        "host": "https://partner.hongkongpost.hk/HKP_MailTrack_API/services/…",
                        "port": "443",
                    },
                },
                "conn-fields": CONN_FIELDS,
            }
        ],
    }
