"""The files that were opened as plain values: what `--json` and the library's reports say of them."""

from collections.abc import Iterable, Mapping
from typing import Any

from gatepost.model.contents import Contents, OpenedFile
from gatepost.model.finding import Finding


def files_to_list(contents: Contents, findings: Iterable[Finding]) -> list[dict[str, Any]]:
    """Give all files in one list, depth first; `path` says where each stands, `findings` what was seen in it."""
    codes = list_codes(findings)
    return [_file_to_dict(file, codes.get(file.path, ())) for file in contents.walk()]


def list_codes(findings: Iterable[Finding]) -> Mapping[str, tuple[str, ...]]:
    """Give for each file in which something was seen the codes of the findings, by its path."""
    codes: dict[str, dict[str, None]] = {}
    for finding in findings:
        for evidence in finding.evidence:
            if evidence.file:
                codes.setdefault(evidence.file, {})[finding.code] = None
    return {path: tuple(seen) for path, seen in codes.items()}


def _file_to_dict(file: OpenedFile, codes: Iterable[str]) -> dict[str, Any]:
    return {
        "path": file.path,
        "name": file.name,
        "kind": file.kind.value,
        "size_bytes": file.size_bytes,
        "opening": file.opening.value,
        "sha256": file.sha256,
        "traits": [{"code": trait.code, "text": trait.text} for trait in file.traits],
        "links": [{"url": link.url, "source": link.source.value} for link in file.links],
        "findings": list(codes),
    }
