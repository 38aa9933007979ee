"""A small GMNS folder to spoil."""

from __future__ import annotations

from pathlib import Path

import pytest

NODES = """node_id,name,x_coord,y_coord
a,Yard,10.0,50.0
b,Bridge,10.1,50.0
c,Camp,10.2,50.1
"""

LINKS = """link_id,from_node_id,to_node_id,directed,length,free_speed,capacity,lanes,geometry
ab,a,b,1,8,40,1800,2,"LINESTRING (10 50, 10.05 50.01, 10.1 50)"
bc,b,c,0,13.5,60,,,
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two links, one of them in both directions."""
    (tmp_path / "node.csv").write_text(NODES)
    (tmp_path / "link.csv").write_text(LINKS)
    return tmp_path
