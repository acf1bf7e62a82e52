"""The reference of the operators, the hook and the notifier, as Markdown, from their signatures and docstrings."""

import importlib
import inspect
import pkgutil
import re
from collections.abc import Iterator, Mapping
from functools import cached_property
from types import FunctionType
from typing import Any

from airflow.sdk import BaseOperator

import hkpost_airflow.operators
import hkpost_airflow.sensors
from hkpost_airflow.hooks.hkpost import HkpostHook
from hkpost_airflow.notifications.hkpost import HkpostNotifier
from hkpost_local.paths import PROJECT

EXAMPLE = PROJECT / "docs" / "example_dag.py"
HEAD = """# The operators, the hook, the notifier

Written from the code; `make test ARGS="tests/docs --write-docs"` writes it again. The DAGs in `dags/` are made of
these, and a DAG of your own may be. An operator's arguments go by their names, beside those of every operator of
Airflow's (`task_id`, `retries`, `trigger_rule`, …).

Two rules for a DAG of your own: `load` needs the trigger rule `all_done`, so that what was answered is loaded when
`fetch` failed, and a last task gives the run its verdict. Runs may overlap: one lease decides who sends for an account,
one lock who loads.

Without any of them, `HkpostHook("hkpost_default").track(["RB123456785HK"])` asks at once and returns a pandas
DataFrame with a row for each event, its meaning and the item's state, within the account's pace and quota.
`HkpostDeliveredSensor` waits, in the triggerer if you like, for what `hkpost_tracking` finds.
"""
_MODULES = re.compile(r"\b(?:\w+\.)+(?=\w)")
_SECTION = re.compile(r"(Args|Raises):\n")


def operator_reference() -> str:
    """An example DAG, each operator, the hook and the notifier."""
    return HEAD + "".join((*_example(), *_operators(), *_hook(), *_notifier()))


def operators() -> list[type[BaseOperator]]:
    """The project's operators and sensors, by name; what begins with an underscore is the project's own business."""
    modules = [
        importlib.import_module(f"{package.__name__}.{m.name}")
        for package in (hkpost_airflow.operators, hkpost_airflow.sensors)
        for m in pkgutil.iter_modules(package.__path__)
    ]
    found = {
        kind
        for module in modules
        for kind in vars(module).values()
        if inspect.isclass(kind) and issubclass(kind, BaseOperator) and kind.__module__ == module.__name__
    }
    return sorted((kind for kind in found if kind.__name__[0] != "_"), key=lambda kind: kind.__name__)


def _example() -> Iterator[str]:
    yield "\n## A DAG of your own\n\n"
    yield f"```python\n{EXAMPLE.read_text(encoding='utf-8')}```\n"


def _operators() -> Iterator[str]:
    for kind in operators():
        yield from _head(kind)
        yield from _arguments(kind)
        yield f"\n- Template fields: {', '.join(f'`{name}`' for name in kind.template_fields)}.\n"
        result = _type(inspect.signature(kind.execute).return_annotation)
        yield (
            "- Returns nothing.\n"
            if result == "None"
            else f"- Returns `{result}`: {_sections(kind)['Returns']}\n"
        )
        for error, when in _entries(_sections(kind.execute).get("Raises", "")).items():
            yield f"- Raises `{error}`: {when}\n"


def _hook() -> Iterator[str]:
    yield from _head(HkpostHook)
    yield from _arguments(HkpostHook)
    yield f"\nConnection type `{HkpostHook.conn_type}`: [connection.md](connection.md).\n\n"
    yield "| member | type | what it is |\n| --- | --- | --- |\n"
    for name, member in vars(HkpostHook).items():
        if name[0] != "_" and isinstance(member, cached_property | FunctionType):
            function = member.func if isinstance(member, cached_property) else member
            call = "" if isinstance(member, cached_property) else "()"
            result = _type(inspect.signature(function).return_annotation)
            yield f"| `{name}{call}` | `{result}` | {' '.join(_sections(function)[''].split())} |\n"


def _notifier() -> Iterator[str]:
    yield from _head(HkpostNotifier)
    yield from _arguments(HkpostNotifier)
    yield "\nHow to reach e-mail, Slack or a webhook: [signals.md](signals.md).\n"


def _head(kind: type) -> Iterator[str]:
    yield f"\n## `{kind.__name__}`\n\n```python\nfrom {kind.__module__} import {kind.__name__}\n```\n"
    yield f"\n{_sections(kind)['']}\n"


def _arguments(kind: type) -> Iterator[str]:
    """A table of the arguments of a class and of ours that it inherits, its own first."""
    ours = [base for base in kind.__mro__ if base.__module__.startswith("hkpost_airflow.")]
    yield "\n| argument | type | default | what it is |\n| --- | --- | --- | --- |\n"
    meanings: dict[str, str] = {}
    parameters: dict[str, inspect.Parameter] = {}
    for base in ours:
        meanings = _entries(_sections(base).get("Args", "")) | meanings
        if "__init__" in vars(base):
            taken = list(inspect.signature(vars(base)["__init__"]).parameters.values())[1:]
            parameters |= {one.name: one for one in taken if one.name not in parameters}
    for name, parameter in parameters.items():
        if parameter.kind is inspect.Parameter.VAR_KEYWORD:
            continue
        star = "*" if parameter.kind is inspect.Parameter.VAR_POSITIONAL else ""
        default = (
            "" if star else "needed" if parameter.default is parameter.empty else f"`{parameter.default!r}`"
        )
        yield f"| `{star}{name}` | `{_type(parameter.annotation)}` | {default} | {meanings[name]} |\n"


def _type(annotation: Any) -> str:
    return _MODULES.sub("", inspect.formatannotation(annotation)).replace("|", "\\|")


def _sections(thing: Any) -> Mapping[str, str]:
    """A docstring's parts: `Args` and `Raises` as they are indented, `Returns`, and under "" the rest."""
    parts: dict[str, str] = {"": ""}
    for paragraph in (inspect.getdoc(thing) or "").split("\n\n"):
        if named := _SECTION.match(paragraph):
            parts[named[1]] = paragraph[named.end() :]
        elif paragraph.startswith("Returns "):
            parts["Returns"] = " ".join(paragraph.removeprefix("Returns ").split())
        else:
            parts[""] = f"{parts['']}\n\n{paragraph}".strip()
    return parts


def _entries(section: str) -> dict[str, str]:
    """The entries of a section: `name: what it is`, longer ones indented further."""
    entries = re.split(r"\n(?=    \S)", section)
    pairs = (entry.strip().partition(": ") for entry in entries if entry.strip())
    return {name: " ".join(words.split()) for name, _, words in pairs}
