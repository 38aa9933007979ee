"""A small clearance folder to spoil: two origins, a road with a bridge, one destination."""

from __future__ import annotations

from pathlib import Path

NODES = """node_id,x_coord,y_coord,longest_wait_s
a,,,
b,10.1,50.0,60
c,10.2,50.1,
"""

LINKS = """link_id,from_node_id,to_node_id,directed,length,free_speed,capacity
ab,a,b,1,1.0,36,1800
bc,b,c,0,2,72,900
ac,a,c,1,9,36,unlimited
"""

DEMAND = """node_id,role,vehicles,ready_s
a,origin,100,0
a,origin,50,600
b,origin,25,
c,destination,,
"""

CONFIG = """long_length,speed,start_time
km,kph,2024-05-03T14:00:00-03:00
"""


def write_folder(folder: Path, **tables: str) -> Path:
    """Write the instance, with other tables where they are given (``demand="..."``)."""
    written = {"node": NODES, "link": LINKS, "demand": DEMAND, **tables}
    folder.mkdir(exist_ok=True)
    for name, text in written.items():
        (folder / f"{name}.csv").write_text(text)
    return folder
