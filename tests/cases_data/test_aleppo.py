"""The data of the bundled cases: sourced or assumed, complete, neutral, true to what is cited."""

from __future__ import annotations

import csv
import hashlib
import re
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import pytest

from safepassage.cases import OpenCase, open_case
from safepassage.network.routes import fastest_route
from safepassage.terms.checks.walk import walk
from safepassage.terms.clauses import (
    LeaveClause,
    LinkedClause,
    ReturnOfVehiclesClause,
    TimedClause,
)
from safepassage.terms.places import Crossing
from safepassage.terms.proposals import Status
from safepassage.terms.provenance import Citation, Claim, Figure, Statement, Support
from safepassage.terms.record import Record

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = ROOT.parent / "shared" / "sources"
ARTICLE = DOCUMENTS / "000_714276d3c47dd42a.txt"

BUNDLED = (
    "al-waer-2017",
    "aleppo-2016",
    "fort-mcmurray-2016",
    "nagorno-karabakh-2023",
    "sumy-2022",
)

PROPOSALS = (
    "russia-july-offer",
    "us-russia-9-sep",
    "un-de-mistura-october",
    "russia-october-offer",
    "russia-october-extension",
    "russia-november-pause",
    "us-2-dec",
    "russia-5-dec",
    "un-draft-5-dec",
    "opposition-7-dec",
    "us-russia-48h",
    "agreement-13-dec",
    "repaired-deal-14-dec",
    "linked-deal-17-dec",
    "un-resolution-2328",
)

LOADED = re.compile(
    r"terror|militant|jihad|regime\b|extremis|\bgangs?\b|rebel|liberat|martyr|mercenar|puppet"
    r"|\bthugs?\b|infidel|fanatic|so-called",
    re.IGNORECASE,
)

DECEMBER = (
    "wounded-stretcher",
    "wounded-seated",
    "civilians",
    "families",
    "fighters-other",
    "fighters-jfs",
)


@pytest.fixture(scope="module", params=BUNDLED)
def bundled(request: pytest.FixtureRequest) -> OpenCase:
    """Each bundled case with data of its own."""
    return open_case(request.param)


@pytest.fixture(scope="module")
def aleppo() -> OpenCase:
    """The flagship case."""
    return open_case("aleppo-2016")


def _texts(part: object) -> Iterator[str]:
    """Yield every text of the terms that is not a citation, a statement or a claim."""
    if isinstance(part, Statement | Claim):
        return
    if isinstance(part, Citation):
        if part.note:
            yield part.note
    elif isinstance(part, Record):
        for name in type(part).model_fields:
            if name != "address":
                yield from _texts(getattr(part, name))
    elif isinstance(part, tuple):
        for entry in part:
            yield from _texts(entry)
    elif isinstance(part, str):
        yield part


def _clause(opened: OpenCase, clause_id: str) -> object:
    return opened.case.clauses()[clause_id]


# Every case


def test_every_figure_is_cited_or_assumed(bundled: OpenCase) -> None:
    figures = [(path, r) for path, r in walk(bundled.case) if isinstance(r, Figure)]
    assert figures
    for path, figure in figures:
        assert figure.cite or figure.assumed, path


def test_every_clause_is_cited_or_assumed(bundled: OpenCase) -> None:
    for clause in bundled.case.clauses().values():
        assert clause.cite or clause.assumed, clause.id


def test_shares_sum_to_one_or_say_why(bundled: OpenCase) -> None:
    for group in bundled.case.groups:
        assert sum((p.share for p in group.places), Fraction(0)) == 1
        assert len(group.places) == 1 or group.shares_assumed, group.id


def test_every_place_has_a_source_or_an_assumption(bundled: OpenCase) -> None:
    for place in bundled.case.places:
        assert place.cite or place.assumed, place.id


def test_no_loaded_words_outside_statements_and_claims(bundled: OpenCase) -> None:
    for text in _texts(bundled.case):
        assert not LOADED.search(text), text
    for file in ("README.md", "observations.csv", "network/node.csv", "network/link.csv"):
        path = bundled.folder / file
        if path.is_file():
            found = LOADED.search(path.read_text(encoding="utf-8"))
            assert not found, (file, found)


def test_ids_of_clauses_are_unique(bundled: OpenCase) -> None:
    ids = [c.id for p in bundled.case.proposals for c in p.clauses]
    assert len(ids) == len(set(ids))


def test_every_proposal_that_names_leavers_has_a_start(bundled: OpenCase) -> None:
    for proposal in bundled.case.proposals:
        if any(isinstance(c, LeaveClause) for c in proposal.clauses):
            timed = [c for c in proposal.clauses if isinstance(c, TimedClause)]
            assert proposal.start or any(c.start for c in timed), proposal.id


def test_links_run_both_ways(bundled: OpenCase) -> None:
    pairs = {(k.from_node, k.to_node): k.length_m for k in bundled.network.links.values()}
    for (a, b), length in pairs.items():
        assert pairs[b, a] == length


def test_points_say_where_they_come_from(bundled: OpenCase) -> None:
    with (bundled.folder / "network" / "node.csv").open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            assert "assumed" in row["coord_note"] or "csr-neighborhoods" in row["coord_note"], row


# Eastern Aleppo


def test_all_proposals_are_there_in_order(aleppo: OpenCase) -> None:
    proposals = aleppo.case.proposals
    assert tuple(p.id for p in proposals) == PROPOSALS
    assert aleppo.case.default_proposal == "us-russia-48h"
    tabled = [p.tabled for p in proposals]
    assert tabled == sorted(tabled)
    for proposal in proposals:
        assert all(event.cite for event in proposal.history), proposal.id
        assert proposal.clauses


def test_totals_are_those_of_the_sources(aleppo: OpenCase) -> None:
    groups = {g.id: g.persons for g in aleppo.case.groups}
    december = [groups[name] for name in DECEMBER]
    assert sum(e.low.value for e in december) == 15_000
    assert sum(e.likely.value for e in december) == 50_000
    assert sum(e.high.value for e in december) == 100_000


def test_the_ultimatum_has_no_date_and_its_consequence_is_a_statement(aleppo: OpenCase) -> None:
    clause = _clause(aleppo, "ru5-leave")
    assert isinstance(clause, LeaveClause)
    assert clause.by is None
    assert clause.within is None
    statement = next(s for s in aleppo.case.statements if s.id == clause.otherwise)
    assert statement.party == "russia"
    assert statement.cite[0].sha256


def test_the_agreement_of_13_december_has_no_deadline(aleppo: OpenCase) -> None:
    proposal = aleppo.case.proposal("agreement-13-dec")
    for clause in proposal.clauses:
        if isinstance(clause, LeaveClause):
            assert clause.by is None
            assert clause.within is None
        if isinstance(clause, TimedClause):
            assert clause.length is None
    returns = [c for c in proposal.clauses if isinstance(c, ReturnOfVehiclesClause)]
    assert [c.returns for c in returns] == [True]


def test_windows_have_the_reported_lengths(aleppo: OpenCase) -> None:
    hours = {}
    for clause_id in ("p48-window", "scd-ceasefire", "opp-ceasefire", "oct-window", "nov-window"):
        clause = _clause(aleppo, clause_id)
        assert isinstance(clause, TimedClause)
        assert clause.length is not None
        hours[clause_id] = clause.length.value // 3_600
    assert hours == {
        "p48-window": 48,
        "scd-ceasefire": 168,
        "opp-ceasefire": 120,
        "oct-window": 8,
        "nov-window": 10,
    }


def test_the_draft_was_vetoed(aleppo: OpenCase) -> None:
    assert aleppo.case.proposal("un-draft-5-dec").status is Status.VETOED
    assert aleppo.case.proposal("us-2-dec").status is Status.WITHDRAWN
    assert aleppo.case.proposal("un-resolution-2328").status is Status.IN_FORCE


def test_the_exit_provision_of_september_is_unsupported(aleppo: OpenCase) -> None:
    claim = next(c for c in aleppo.case.claims if c.id == "duran-september-exit-provision")
    assert claim.support is Support.UNSUPPORTED
    assert claim.proposal == "us-russia-9-sep"
    assert claim.disputes
    assert all(d.cite for d in claim.disputes)
    assert aleppo.case.clauses()["sep-exit"].support is Support.UNSUPPORTED
    kinds = {type(c) for c in aleppo.case.proposal("us-russia-9-sep").clauses}
    assert LeaveClause not in kinds


def test_judgements_of_the_outlet_are_opinion(aleppo: OpenCase) -> None:
    opinion = {c.id for c in aleppo.case.claims if c.opinion}
    assert {"duran-responsibility", "duran-lives-saved", "duran-coherent-force"} <= opinion


def test_the_linked_deal_is_held_in_full(aleppo: OpenCase) -> None:
    clause = _clause(aleppo, "lnk-steps")
    assert isinstance(clause, LinkedClause)
    assert [s.id for s in clause.steps] == ["step-1", "step-2", "step-3", "step-4"]
    moved = {"fuah-kafriya": 0, "madaya-zabadani": 0}
    share = Fraction(0)
    for batch in (b for s in clause.steps for b in s.batches):
        for group in batch.groups:
            if batch.persons is not None:
                moved[group] += batch.persons.value
        share += batch.share.value if batch.share is not None else 0
    assert moved == {"fuah-kafriya": 4_000, "madaya-zabadani": 1_500}
    assert share == 1
    rules = {r.rule for s in clause.steps for r in s.release} | {r.rule for r in clause.rules}
    assert rules == {
        "simultaneous_at_exchange_point",
        "after_safe_arrival_of_step",
        "last_waits_for_last",
        "first_mover",
    }
    assert len(clause.disputes) == 3


def test_the_corridor_is_21_km_of_6_and_15(aleppo: OpenCase) -> None:
    case, network = aleppo.case, aleppo.network
    node = {p.id: p.node for p in case.places}
    corridor = next(c for c in case.corridors if c.id == "ramouseh")
    crossings = [node[c] for c in corridor.crossings]
    others = frozenset(p.node for p in case.places if isinstance(p, Crossing))

    def length(*stops: str) -> Fraction:
        links = fastest_route(network, stops, others - set(stops))
        assert links is not None
        return sum((network.links[x].length_m for x in links), Fraction(0))

    assert length("al-amiriyah", *crossings, "line") == 6_000
    assert length("line", node["khan-al-asal"]) == 15_000
    assert length("al-amiriyah", *crossings, node["khan-al-asal"]) == 21_000
    for place in ("al-sukkari", "al-ansari-mashhad", "salah-al-din"):
        links = fastest_route(network, (node[place], *crossings, "line"), others - set(crossings))
        assert links is not None
        assert "al-amiriyah" in {network.links[x].to_node for x in links}


def test_nobody_leaves_by_a_crossing_that_the_corridor_does_not_have(aleppo: OpenCase) -> None:
    case, network = aleppo.case, aleppo.network
    node = {p.id: p.node for p in case.places}
    crossings = frozenset(p.node for p in case.places if isinstance(p, Crossing))
    for start in ("al-sukkari", "al-ansari-mashhad", "salah-al-din", "bustan-al-qasr"):
        for end in ("khan-al-asal", "rashidin-4", "castello-west", "idlib"):
            assert fastest_route(network, (node[start], node[end]), crossings) is None


def test_observations_come_one_series_a_source(aleppo: OpenCase) -> None:
    rows = aleppo.observations
    known = {s.id for s in aleppo.case.sources}
    out = {r.source for r in rows if r.kind == "out"}
    assert {"series-icrc", "series-ocha", "series-sohr", "series-russia", "series-turkey"} <= out
    for row in rows:
        assert row.note is not None
        pages = re.match(r"via ([a-z0-9, ]+?)(?:;|$)", row.note)
        assert pages, row.note
        assert set(pages[1].split(", ")) <= known, row.note
    stops = {
        (r.time.isoformat(), r.until.isoformat() if r.until else "")
        for r in rows
        if r.kind == "stop"
    }
    assert {
        ("2016-12-14T05:00:00+02:00", "2016-12-15T14:00:00+02:00"),
        ("2016-12-16T11:00:00+02:00", "2016-12-18T23:00:00+02:00"),
        ("2016-12-20T13:00:00+02:00", "2016-12-21T16:00:00+02:00"),
    } <= stops


def test_every_source_is_used(aleppo: OpenCase) -> None:
    cited = {r.source for _, r in walk(aleppo.case) if isinstance(r, Citation)}
    cited |= {r.source for r in aleppo.observations}
    files = ("README.md", "observations.csv", "network/node.csv")
    words = " ".join((aleppo.folder / f).read_text(encoding="utf-8") for f in files)
    cited |= set(re.findall(r"[a-z0-9-]+", words))
    assert not [s.id for s in aleppo.case.sources if s.id not in cited]


def test_names_in_the_readme_are_known(aleppo: OpenCase) -> None:
    text = (aleppo.folder / "README.md").read_text(encoding="utf-8")
    proposals = {p.id for p in aleppo.case.proposals}
    assert proposals <= set(re.findall(r"`([a-z0-9-]+)`", text))


def test_passages_of_the_article_verify(aleppo: OpenCase) -> None:
    if not ARTICLE.is_file():
        pytest.skip(f"the founding article is not at {ARTICLE}; it does not ship with the package")
    lines = ARTICLE.read_bytes().decode("utf-8").split("\n")
    checked = 0
    for path, citation in walk(aleppo.case):
        if not isinstance(citation, Citation) or citation.source != "duran":
            continue
        match = re.fullmatch(r"lines (\d+)-(\d+)", citation.locator or "")
        assert match, path
        first, last = int(match[1]), int(match[2])
        passage = "\n".join(lines[first - 1 : last])
        assert passage.strip(), path
        assert hashlib.sha256(passage.encode("utf-8")).hexdigest() == citation.sha256, path
        checked += 1
    assert checked >= 15


def test_no_gist_copies_the_article(aleppo: OpenCase) -> None:
    if not ARTICLE.is_file():
        pytest.skip(f"the founding article is not at {ARTICLE}; it does not ship with the package")

    def words(text: str) -> list[str]:
        return re.findall(r"[a-z]+", text.lower())

    article = words(ARTICLE.read_text(encoding="utf-8"))
    runs = {tuple(article[i : i + 7]) for i in range(len(article) - 6)}
    for path, record in walk(aleppo.case):
        gist = words(getattr(record, "gist", None) or "")
        for i in range(len(gist) - 6):
            assert tuple(gist[i : i + 7]) not in runs, (path, " ".join(gist[i : i + 7]))


# Fort McMurray


def test_fort_mcmurray_is_not_negotiated_and_small() -> None:
    opened = open_case("fort-mcmurray-2016")
    case = opened.case
    assert not case.negotiated
    clause = case.clauses()["fm-leave"]
    assert isinstance(clause, LeaveClause)
    assert clause.within is not None
    assert clause.within.value == 4 * 86_400
    assert sum(c.count.value for v in case.fleet.vehicles for c in v.counts) == 1_500
    assert case.fleet.convoys is not None
    assert case.fleet.convoys.max_vehicles.value == 50
