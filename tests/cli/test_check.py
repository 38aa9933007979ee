from __future__ import annotations

import hashlib
import json
from pathlib import Path

from tests.cli.conftest import Command


def test_json_holds_what_is_promised(run: Command, case: Path) -> None:
    result = run("check", str(case), "--json")
    told = json.loads(result.stdout)
    assert told["not_modelled"] == ["items", "open-items"]
    assert told["findings"]
    for finding in told["findings"]:
        assert finding.keys() >= {"code", "severity", "clause_id", "message"}
    assert result.exit_code == 1, "there are warnings"
    assert result.stderr == ""


def test_for_a_person(run: Command, case: Path) -> None:
    result = run("check", str(case))
    assert result.exit_code == 1
    assert "The timed paper (timed), tabled" in result.stdout
    assert "(nothing-on-stayers) [leave]" in result.stdout
    assert "not modelled: items" in result.stdout
    assert "warnings" in result.stdout.splitlines()[-1]


def test_template_passes(run: Command, tmp_path: Path) -> None:
    assert run("new", str(tmp_path / "mine")).exit_code == 0
    result = run("check", str(tmp_path / "mine"))
    assert result.exit_code == 0, result.stdout


def test_all_faults_are_told_with_their_lines(run: Command, case: Path) -> None:
    text = (case / "case.yaml").read_text().replace('"node": "g"', '"node": "nix"')
    text = text.replace('"default_proposal": "timed"', '"default_proposal": "nope"')
    (case / "case.yaml").write_text(text)
    result = run("check", str(case), "--json")
    assert result.exit_code == 2
    errors = json.loads(result.stdout)["errors"]
    assert len(errors) == 2
    assert all(e["where"].startswith(str(case / "case.yaml") + ":") for e in errors)
    assert len(result.stderr.splitlines()) == 2


def test_unknown_case(run: Command) -> None:
    result = run("check", "alepo-2016", "--json")
    assert result.exit_code == 2
    (error,) = json.loads(result.stdout)["errors"]
    assert error["code"] == "unknown-case"
    assert "aleppo-2016" in error["message"]


def test_documents_are_verified(run: Command, case: Path, tmp_path: Path) -> None:
    folder = tmp_path / "documents"
    folder.mkdir()
    (folder / "letter.txt").write_text("one\ntwo\nthree\n")
    good = hashlib.sha256(b"one\ntwo").hexdigest()
    text = (case / "case.yaml").read_text()
    cited = '{"source": "letter", "locator": "lines 1-2"}'
    assert cited in text
    with_digest = cited.replace("}", f', "sha256": "{good}"}}')
    (case / "case.yaml").write_text(text.replace(cited, with_digest))
    sources = (case / "sources.yaml").read_text()
    named = sources.replace('"id": "letter",', '"id": "letter", "document": "letter.txt",')
    (case / "sources.yaml").write_text(named)
    codes = {
        f["code"]
        for f in json.loads(run("check", str(case), "--documents", str(folder), "--json").stdout)[
            "findings"
        ]
    }
    assert "passage-verified" in codes
    (folder / "letter.txt").write_text("One\ntwo\n")
    spoken = run("check", str(case), "--documents", str(folder))
    assert "(passage-differs)" in spoken.stdout
    assert spoken.exit_code == 1


def test_folder_of_documents_that_is_not_there(run: Command, case: Path, tmp_path: Path) -> None:
    assert run("check", str(case), "--documents", str(tmp_path / "nix")).exit_code == 2
