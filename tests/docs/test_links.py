"""Every link in the documents leads to a file, and every document and picture is linked."""

import re
from pathlib import Path

import pytest

from .conftest import PROJECT

DOCUMENTS = sorted([*PROJECT.glob("*.md"), *(PROJECT / "docs").glob("*.md")])
LINK = re.compile(r'\]\(([^)#\s]+)[^)]*\)|<img src="([^"]+)"')


def linked(document: Path) -> set[Path]:
    targets = {link or picture for link, picture in LINK.findall(document.read_text(encoding="utf-8"))}
    return {(document.parent / target).resolve() for target in targets if "://" not in target}


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda document: document.name)
def test_every_link_of_a_document_leads_to_a_file(document: Path) -> None:
    assert [target for target in linked(document) if not target.exists()] == []


def test_every_document_and_every_picture_is_linked_from_another_document() -> None:
    reached = set().union(*(linked(document) - {document} for document in DOCUMENTS))
    there = {path for pattern in ("docs/*.md", "docs/images/*") for path in PROJECT.glob(pattern)}
    assert {path.name for path in there - reached} == set()
