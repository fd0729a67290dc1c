#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""contrib/land-mask: the table of land is what it makes of the shipped mask, and polygons become the right cells."""
import json
import os
import re
import struct
import subprocess
import sys
import tempfile

from report import expect, main

TOP = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
SCRIPT, MASK = os.path.join(TOP, "contrib", "land-mask"), os.path.join(TOP, "contrib", "land.pbm")


def land_mask(*arguments):
    done = subprocess.run([sys.executable, SCRIPT, *arguments], capture_output=True, timeout=60)
    return done.returncode, done.stdout.decode(), done.stderr.decode()


def rows_of(table):
    """Edges by row, of the C source."""
    begins, edges = ([int(n) for n in re.findall(r"\d+", part.split("}")[0])] for part in table.split("{")[1:3])
    return [edges[a:b] for a, b in zip(begins, begins[1:])]


def rows_of_input(name, data):
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, name)
        with open(path, "wb") as out:
            out.write(data)
        status, table, err = land_mask(path)
    expect(status == 0, err)
    return rows_of(table)


def geojson(*rings):
    return json.dumps({"type": "FeatureCollection", "features": [
        {"type": "Feature", "geometry": {"type": "Polygon", "coordinates": list(rings)}}]}).encode()


def box(west, south, east, north):
    return [[west, south], [east, south], [east, north], [west, north], [west, south]]


def shapefile(ring):
    content = struct.pack("<I4dII", 5, 0, 0, 0, 0, 1, len(ring)) + struct.pack("<I", 0)
    content += b"".join(struct.pack("<2d", *p) for p in ring)
    head = struct.pack(">I20xI", 9994, (100 + 8 + len(content)) // 2) + struct.pack("<II64x", 1000, 5)
    return head + struct.pack(">II", 1, len(content) // 2) + content


def table_is_what_the_script_makes_of_the_shipped_mask():
    status, table, err = land_mask(MASK)
    expect(status == 0, err)
    with open(os.path.join(TOP, "src", "tui", "land.c"), encoding="utf-8") as file:
        expect(file.read() == table, "contrib/land-mask contrib/land.pbm > src/tui/land.c")


def mask_written_and_read_again_is_the_same():
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "again.pbm")
        status, table, err = land_mask("--mask", path, MASK)
        expect(status == 0, err)
        with open(path, "rb") as one, open(MASK, "rb") as other:
            expect(one.read() == other.read(), "masks differ")
        expect(land_mask(path)[1] == table, "tables differ")


def plain_mask_is_read_like_a_packed_one():
    bits = [["0"] * 720 for _ in range(360)]
    bits[10][5:8] = "111"
    rows = rows_of_input("plain.pbm", b"P1\n# 1 is land\n720 360\n" + "\n".join("".join(r) for r in bits).encode())
    expect(rows[10] == [5, 8] and sum(map(len, rows)) == 2, rows[10])


def mask_of_another_size_is_refused():
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "small.pbm")
        with open(path, "wb") as out:
            out.write(b"P4\n8 1\n\xff")
        status, _, err = land_mask(path)
    expect(status != 0 and "720 x 360" in err, status, err)


def polygon_covers_the_cells_it_lies_on():
    rows = rows_of_input("box.geojson", geojson(box(10, 40, 20, 50)))
    expect(rows[79] == [] and rows[100] == [], rows[79], rows[100])
    expect(all(rows[y] == [380, 400] for y in range(80, 100)), rows[80:100])


def hole_in_a_polygon_is_no_land():
    rows = rows_of_input("hole.geojson", geojson(box(10, 40, 20, 50), box(12, 44, 14, 46)))
    expect(rows[90] == [380, 384, 388, 400], rows[90])
    expect(rows[82] == [380, 400], rows[82])


def polygon_across_longitude_180_is_on_both_sides():
    ring = [[175, -20], [-175, -20], [-175, -10], [175, -10], [175, -20]]
    rows = rows_of_input("fiji.geojson", geojson(ring))
    expect(rows[210] == [0, 10, 710, 720], rows[210])
    expect(rows[150] == [], rows[150])


def polygon_around_a_pole_reaches_it():
    ring = [[lon, -70] for lon in range(-180, 180, 10)]
    rows = rows_of_input("pole.geojson", geojson(ring + ring[:1]))
    expect(rows[359] == [0, 720] and rows[325] == [0, 720] and rows[310] == [], rows[359], rows[325], rows[310])


def cell_is_land_from_two_fifths_on():
    rows = rows_of_input("thin.geojson", geojson(box(10, 40, 10.15, 50), box(11, 40, 11.25, 50)))
    expect(rows[90] == [382, 383], rows[90])


def shapefile_is_read_as_geojson_is():
    ring = box(-30, -5, -20, 5)
    expect(rows_of_input("box.shp", shapefile(ring[::-1])) == rows_of_input("box.json", geojson(ring)), "they differ")


def topojson_is_read_as_geojson_is():
    topology = {"type": "Topology", "transform": {"scale": [0.5, 0.5], "translate": [-180, -90]},
                "arcs": [[[300, 170], [20, 0], [0, 20]], [[300, 170], [0, 20], [20, 0]]],
                "objects": {"land": {"type": "GeometryCollection", "geometries": [
                    {"type": "MultiPolygon", "arcs": [[[0, -2]]]}]}}}
    expect(rows_of_input("box.json", json.dumps(topology).encode()) == rows_of_input("b.json", geojson(box(-30, -5, -20, 5))),
           "they differ")


if __name__ == "__main__":
    main([table_is_what_the_script_makes_of_the_shipped_mask, mask_written_and_read_again_is_the_same,
          plain_mask_is_read_like_a_packed_one, mask_of_another_size_is_refused, polygon_covers_the_cells_it_lies_on,
          hole_in_a_polygon_is_no_land, polygon_across_longitude_180_is_on_both_sides, polygon_around_a_pole_reaches_it,
          cell_is_land_from_two_fifths_on, shapefile_is_read_as_geojson_is, topojson_is_read_as_geojson_is])
