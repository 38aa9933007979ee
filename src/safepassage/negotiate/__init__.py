"""At the table: what-ifs, the shortest window, what it would take, proposals side by side."""
