"""The page's own files, at addresses that hold their digest: those of two versions never meet in a browser."""

import hashlib
from base64 import b64encode
from pathlib import Path
from typing import Final

STATIC: Final = Path(__file__).with_name("static")
FILES: Final = {str(file.relative_to(STATIC)): file for file in sorted(STATIC.rglob("*")) if file.is_file()}


def _digest() -> str:
    seen = hashlib.sha256()
    for name, file in FILES.items():
        seen.update(name.encode() + b"\0" + file.read_bytes())
    return seen.hexdigest()[:12]


def _script_source(html: str) -> str:
    """What the content security policy allows: our files, and the one script within the page, its import map."""
    import_map = html.partition('<script type="importmap">')[2].partition("</script>")[0]
    return f"'self' 'sha256-{b64encode(hashlib.sha256(import_map.encode()).digest()).decode()}'"


DIGEST: Final = _digest()
"""Of all files of this version, worked out once."""
_MODULES: Final = "".join(
    f'<link rel="modulepreload" href="static/{{digest}}/{name}">'
    for name in FILES
    if name.endswith(".js") and not name.startswith("vendor/chart")
)
"""All modules are asked for at once: one names the next, and each would wait for the one before."""
PAGE: Final = (
    FILES["index.html"].read_text(encoding="utf-8").replace("{modules}", _MODULES).replace("{digest}", DIGEST)
)
SCRIPT_SOURCE: Final = _script_source(PAGE)
