"""TNTP networks: units, zones that nobody drives through, and what is refused."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest

from safepassage.city.source import Source
from safepassage.city.tntp import read_tntp_source
from safepassage.errors import BadInput
from tests.city.rows import ways_of

NET = """<NUMBER OF ZONES> 2
<NUMBER OF NODES> 4
<FIRST THRU NODE> 3
<NUMBER OF LINKS> 4
<ORIGINAL HEADER>~ tail head capacity (veh/h) length (km) fftt(min) B Power
<END OF METADATA>


~	init_node	term_node	capacity	length	free_flow_time	b	power	speed	toll	;
	1	3	9000	0	0	0.15	4	0	0	1	;
	3	4	1800.5	2	2	0.15	4	0	0	1	;
	4	3	900	2	0.01	0.15	4	0	0	1	;
	4	2	900	1	0	0.15	4	0	0	1	;
"""
NODES = "Node X Y ;\n1 10.00 50.0 ;\n2 10.03 50.0 ;\n3 10.00 50.0 ;\n4 10.028 50.0 ;\n"


def write(folder: Path, net: str = NET, nodes: str | None = NODES) -> Path:
    """A network, with coordinates beside it."""
    file = folder / "Town_net.tntp"
    file.write_text(net)
    if nodes is not None:
        (folder / "Town_node.tntp").write_text(nodes)
    return file


def codes(source: Source) -> set[str]:
    """Of its findings."""
    return {f.code for f in source.findings}


def test_links_take_their_free_flow_time(tmp_path: Path):
    """Two kilometres in two minutes; where the length does not fit, it gives way and is marked."""
    links = read_tntp_source(write(tmp_path)).roads.network().links
    assert (links["2"].length_m, links["2"].free_speed_kmh) == (2000, 60)
    assert links["2"].capacity_vph == Fraction("1800.5")
    assert links["2"].length_assumed is None
    # 0.01 min are 0.6 s: 2 km would need 12,000 km/h.
    assert links["3"].length_m == pytest.approx(0.6 * 50 / 3.6)
    assert links["3"].length_assumed == "free flow time at 50 km/h"


def test_connectors_take_no_time(tmp_path: Path):
    """Whatever length they have."""
    roads = read_tntp_source(write(tmp_path)).roads
    assert roads.transit_s.tolist() == [0, 120, 1, 0]


def test_no_way_leads_through_a_zone(tmp_path: Path):
    """People start at 2 and may end at 2-in; both are kept for a demand."""
    source = read_tntp_source(write(tmp_path))
    assert ways_of(source.roads) == [("1", "3"), ("3", "4"), ("4", "3"), ("4", "2-in")]
    assert source.protected == {"1", "2-in"}
    assert "zone-not-through" in codes(source)
    through = read_tntp_source(write(tmp_path, NET.replace("NODE> 3", "NODE> 1")))
    assert ways_of(through.roads)[-1] == ("4", "2")


def test_coordinates_are_kept_where_they_are_degrees(tmp_path: Path):
    """Kilometres within a degree's range are not: lengths would say something else."""
    assert read_tntp_source(write(tmp_path)).roads.x_coord.tolist()[0] == 10.0
    for nodes in (NODES.replace("10.0", "712475"), NODES.replace("10.028", "35"), None):
        folder = tmp_path / str(len(nodes or ""))
        folder.mkdir()
        source = read_tntp_source(write(folder, nodes=nodes))
        assert "coordinates-missing" in codes(source)
        assert not (source.roads.x_coord == source.roads.x_coord).any()


def test_units_are_told_or_asked_for_or_assumed(tmp_path: Path):
    """Miles and minutes where nobody says; a file whose figures then do not fit is doubted."""
    silent = NET.replace("(km)", "").replace("(min)", "")
    assumed = read_tntp_source(write(tmp_path, silent))
    assert assumed.roads.network().links["2"].length_m == Fraction("3218.688")
    assert "length-from-time" in codes(assumed)
    stated = read_tntp_source(write(tmp_path, silent), ("m", "s"))
    assert stated.roads.network().links["2"].length_m == 2
    doubted = read_tntp_source(write(tmp_path, silent.replace("\t2\t2\t", "\t2000\t2\t")))
    assert "units-doubtful" in codes(doubted)


def test_a_file_with_another_number_of_links_is_doubted(tmp_path: Path):
    """One that was cut off between two lines looks whole, but for what its head says."""
    head = "<NUMBER OF LINKS> "
    count = len(read_tntp_source(write(tmp_path, NET)).roads.link_id)
    bare = "\n".join(line for line in NET.split("\n") if not line.startswith(head))
    assert "links-missing" not in codes(read_tntp_source(write(tmp_path, bare)))
    for told, doubted in ((count, False), (count + 1, True)):
        found = read_tntp_source(write(tmp_path, f"{head}{told}\n{bare}"))
        assert ("links-missing" in codes(found)) is doubted


BAD = {
    "no head": (NET.replace("<END OF METADATA>", ""), 1, "not-tntp"),
    "a column missing": (NET.replace("capacity\tlength", "volume\tlength"), 9, "missing-column"),
    "a row cut off": (NET.replace("\t900\t1\t0\t0.15\t4\t0\t0\t1\t;", ""), 13, "csv-shape"),
    "negative": (NET.replace("1800.5", "-1"), 11, "absurd-number"),
    "no number": (NET.replace("1800.5", "nan"), 11, "bad-value"),
    "huge": (NET.replace("1800.5", "1e12"), 11, "absurd-number"),
    "no road of the earth": (NET.replace("2\t0.01", "2\t1000000000"), 12, "absurd-number"),
    "no node": (NET.replace("\t3\t4\t", "\t3\tx\t"), 11, "bad-value"),
    "no links": (NET.partition("\t1\t3")[0], 9, "empty-table"),
}


@pytest.mark.parametrize("name", BAD)
def test_refused_with_its_line(tmp_path: Path, name: str):
    """One line each."""
    text, line, code = BAD[name]
    file = write(tmp_path, text)
    with pytest.raises(BadInput) as caught:
        read_tntp_source(file)
    assert [(f.where, f.code) for f in caught.value.faults] == [(f"{file}:{line}", code)]
