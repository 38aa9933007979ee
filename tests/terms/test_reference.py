"""Generated files are what the definitions give, and complete."""

from __future__ import annotations

import ast
import importlib.util
import json
from pathlib import Path
from types import ModuleType

import pytest

from safepassage.fault_codes import FAULT_CODES
from safepassage.terms.case import Case, SourcesFile
from safepassage.terms.clauses import CLAUSE_KINDS
from safepassage.terms.document import read_document
from safepassage.terms.reference import records_within
from safepassage.terms.schema import case_schema, sources_schema, uncertainty_schema

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src" / "safepassage"


def generator() -> ModuleType:
    """The script that writes the files."""
    spec = importlib.util.spec_from_file_location("gen", ROOT / "docs" / "generate_reference.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_generated_files_are_current():
    """Whoever changes a definition runs ``python docs/generate_reference.py``."""
    stale = [
        name
        for name, text in generator().pages().items()
        if not (ROOT / name).is_file() or (ROOT / name).read_text(encoding="utf-8") != text
    ]
    assert stale == []


def test_every_clause_kind_and_field_is_documented():
    """Each kind has a section, each field a line with a meaning."""
    page = generator().pages()["docs/reference/clauses.md"]
    for kind, model in CLAUSE_KINDS.items():
        assert f"## `{kind}`" in page
        for name, field in model.model_fields.items():
            if name == "kind":
                continue
            assert f"| `{field.alias or name}` |" in page
    for text in generator().pages().values():
        assert "|  |\n" not in text, "a field without a meaning"


def test_every_record_has_a_docstring():
    """Reference pages are made from them."""
    for model in (Case, SourcesFile, *records_within((Case, SourcesFile))):
        assert model.__doc__, model.__name__


def _literals(call: ast.Call) -> list[str]:
    nodes = [*call.args, *(k.value for k in call.keywords if k.arg == "code")]
    found = [n for a in nodes for n in ast.walk(a) if isinstance(n, ast.Constant)]
    return [n.value for n in found if isinstance(n.value, str)]


def test_every_fault_code_is_registered():
    """A code that is raised anywhere is in the table, and the table has no code but these."""
    registered = [code for codes in FAULT_CODES.values() for code in codes]
    assert len(registered) == len(set(registered))
    written: set[str] = set()
    for file in SOURCE.rglob("*.py"):
        if file.name == "fault_codes.py":
            continue
        tree = ast.parse(file.read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                written.add(node.value)
            if not isinstance(node, ast.Call):
                continue
            name = ast.unparse(node.func)
            if name == "Fault" or name in ("BadInput.one", "UnknownName.one"):
                code = node.args[1] if len(node.args) > 1 else None
                if isinstance(code, ast.Constant):
                    assert code.value in registered, f"{file.name}: {code.value}"
    assert set(registered) <= written


@pytest.mark.parametrize("schema", [case_schema(), sources_schema(), uncertainty_schema()])
def test_schema_references_resolve(schema: dict[str, object]):
    """Every ``$ref`` names a definition, and every definition is used."""
    text = json.dumps(schema)
    definitions = schema["$defs"]
    assert isinstance(definitions, dict)
    used = {part.partition('"')[0] for part in text.split('"#/$defs/')[1:]}
    assert used == set(definitions)


def test_schema_knows_the_keys_of_the_template():
    """An editor that follows the schema takes the template as it is."""
    template = SOURCE / "cases" / "_template"
    case = read_document(template / "case.yaml").data
    properties = case_schema()["properties"]
    assert set(case) <= set(properties)
    assert "sources" not in properties
    assert set(case_schema()["required"]) <= set(case)
    assert set(read_document(template / "sources.yaml").data) == {"format", "sources"}
