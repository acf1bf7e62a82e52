"""The configuration reference: every number and field that a person may set, as Markdown, from the code itself."""

from collections.abc import Iterable, Iterator

from airflow.sdk import DAG

from hkpost.seeds import seed_rows
from hkpost_airflow.provider import CONN_FIELDS

HEAD = """# Configuration reference

Written from the code; `make test ARGS="tests/docs --write-docs"` writes it again. [connection.md](connection.md)
explains the connection at length.
"""
VARIABLES = {
    "hkpost_open_items_sql": "The query for the open items, where a run is given none: it gives `item_no`, and may "
    "give `account`, `source_ref`, `registered_at`, `priority`, `destination`, `service_name`, `promised_on`, "
    "`pieces`.",
    "hkpost_export_folder": "Where `hkpost_export` writes, where its form is blank ([export.md](export.md)); missing: "
    "`hkpost_export` in Airflow's own folder.",
    "hkpost_notifiers": "Who gets a message when a person must act ([signals.md](signals.md)).",
}


def reference(dags: Iterable[DAG]) -> str:
    """The connection type's fields, Airflow's Variables, the DAGs' parameters, and the warehouse's two tables."""
    parts = (_connection(), _variables(), _parameters(dags), _settings(), _polling())
    return HEAD + "".join(line for part in parts for line in part)


def _connection() -> Iterator[str]:
    yield "\n## Connection `hkpost_default`, extra fields\n\n| field | label | default | what it is |\n"
    yield "| --- | --- | --- | --- |\n"
    for name, field in CONN_FIELDS.items():
        schema = field["schema"]
        default = "" if schema["default"] is None else f"`{schema['default']}`"
        limits = [f"one of {', '.join(schema['enum'])}"] if "enum" in schema else []
        limits += [f"at least {schema['minimum']}"] if "minimum" in schema else []
        words = f" ({'; '.join(limits)})" if limits else ""
        yield f"| `{name}` | {field['label']} | {default} | {field['description']}{words} |\n"


def _variables() -> Iterator[str]:
    yield "\n## Airflow Variables\n\n| name | what it is |\n| --- | --- |\n"
    for name, meaning in VARIABLES.items():
        yield f"| `{name}` | {meaning} |\n"


def _parameters(dags: Iterable[DAG]) -> Iterator[str]:
    for dag in sorted(dags, key=lambda dag: dag.dag_id):
        yield f"\n## DAG `{dag.dag_id}`\n\n{dag.description} Schedule: {_schedule(dag)}.\n\n"
        if dag.params:
            yield "| parameter | default | what it is |\n| --- | --- | --- |\n"
        for name in dag.params:
            param = dag.params.get_param(name)
            known = param.value not in (None, "") and type(param.value).__name__ not in (
                "NoneType",
                "ArgNotSet",
            )
            default = f"`{param.value}`" if known else ""
            yield f"| `{name}` | {default} | {param.schema.get('title', name)}: {param.description or ''} |\n"


def _schedule(dag: DAG) -> str:
    return f"`{dag.schedule}`" if dag.schedule else "none, it is triggered"


def _settings() -> Iterator[str]:
    yield "\n## Table `hkpost.setting`\n\nChange a value with an UPDATE; a migration never puts it back.\n"
    yield "[seeds.md](seeds.md) says what an edit of the file behind it does.\n\n"
    yield "| name | default | what it does |\n| --- | --- | --- |\n"
    for row in seed_rows("setting"):
        yield f"| `{row['name']}` | {row['value']} | {row['comment']} |\n"


def _polling() -> Iterator[str]:
    yield "\n## Table `hkpost.poll_policy`\n\nAfter an answer, an item waits for a share of its silence; where its lane"
    yield " teaches when news is to be expected, at least for the fifth column ([polling.md](polling.md)).\n\n"
    yield "| state | at least | share of the silence | at most | at least, by its lane | why |\n"
    yield "| --- | --- | --- | --- | --- | --- |\n"
    for row in seed_rows("poll_policy"):
        yield (
            f"| `{row['state']}` | {row['poll_after']} | {row['silence_share']} | {row['poll_at_most']} |"
            f" {row['poll_at_least'] or 'not by its lane'} | {row['comment']} |\n"
        )
