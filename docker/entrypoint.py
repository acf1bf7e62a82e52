"""The image's entry point: makes Airflow's connections of plain variables, then goes on as Airflow's image does.

A credential may have any character: it reaches Airflow as JSON, and no shell, URL or YAML reads it on the way. A
connection that is given as a whole (AIRFLOW_CONN_…) stays as it is.
"""

import json
import os
import sys
from collections.abc import Mapping

AIRFLOWS = "/entrypoint"


def connections(given: Mapping[str, str]) -> dict[str, str]:
    """Return the variables of the connections that plain variables describe, and that are not given as a whole."""
    made: dict[str, dict[str, object]] = {}
    if given.get("HKPOST_LOGIN"):
        made["AIRFLOW_CONN_HKPOST_DEFAULT"] = {
            "conn_type": "hkpost",
            "host": given.get("HKPOST_URL", ""),
            "login": given["HKPOST_LOGIN"],
            "password": given.get("HKPOST_PASSWORD", ""),
            "extra": {"wsdl": given["HKPOST_WSDL"]} if given.get("HKPOST_WSDL") else {},
        }
    if given.get("WAREHOUSE_HOST"):
        made["AIRFLOW_CONN_HKPOST_WAREHOUSE"] = {
            "conn_type": "postgres",
            "host": given["WAREHOUSE_HOST"],
            "port": int(given.get("WAREHOUSE_PORT") or 5432),
            "login": given.get("WAREHOUSE_LOGIN", "warehouse"),
            "password": given.get("WAREHOUSE_PASSWORD", ""),
            "schema": given.get("WAREHOUSE_DATABASE", "warehouse"),
        }
    return {name: json.dumps(fields) for name, fields in made.items() if not given.get(name)}


if __name__ == "__main__":
    os.environ.update(connections(os.environ))
    os.execv(AIRFLOWS, [AIRFLOWS, *sys.argv[1:]])  # noqa: S606 - the image's own program
