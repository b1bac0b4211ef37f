#!/usr/bin/env python3
"""Builds map.txt: outlines of land, and regions and councils as hexagons.

Usage: services/web/data/build.py WORLD_ATLAS
WORLD_ATLAS is the folder of the npm package world-atlas 2.0.2 (`npm pack world-atlas@2.0.2`).
README.md describes the file. Lengths are in map units of 500 m, in a sinusoidal projection
around 2 degrees west, so that areas are true.
"""

import csv
import json
import math
import re
import sys
from collections import Counter, defaultdict
from pathlib import Path

HERE = Path(__file__).resolve().parent
SERVICES = HERE.parent.parent
UNIT_KM = 0.5
# Degrees: west, south, east, north. What a picture may show; a wide one shows sea around the areas.
WINDOW = (-17, 47.5, 9.5, 62.5)
# Outlines keep what deviates by more than this, in map units.
TOLERANCE = 1.8
MIN_ISLAND = 40
# A hexagon's radius in map units for the picture of all regions.
COUNTRY_RADIUS = 15
# Councils of a region: hexagons for each, on average.
HEXAGONS_EACH = 11
MAX_HEXAGONS = 620
# The regions as the gazetteer names them, and as people do.
REGIONS = {
    "North East": "North East",
    "North West": "North West",
    "Yorkshire and the Humber": "Yorkshire and the Humber",
    "East Midlands": "East Midlands",
    "West Midlands": "West Midlands",
    "Eastern": "East of England",
    "London": "London",
    "South East": "South East",
    "South West": "South West",
    "Wales": "Wales",
    "Scotland": "Scotland",
    "Northern Ireland": "Northern Ireland",
}


def project(lon, lat):
    x = (lon + 2) * math.cos(math.radians(lat)) * 111.32 / UNIT_KM
    y = (61 - lat) * 111.32 / UNIT_KM
    return x, y


def slug(name):
    plain = name.lower().replace("'", "").replace("’", "")
    return re.sub(r"[^a-z]+", "-", plain).strip("-")


# Land


def rings(atlas, name, of):
    """The rings of the chosen geometries of a TopoJSON file."""
    data = json.loads((atlas / name).read_text())
    (sx, sy), (tx, ty) = data["transform"]["scale"], data["transform"]["translate"]
    arcs = []
    for arc in data["arcs"]:
        x = y = 0
        points = []
        for dx, dy in arc:
            x, y = x + dx, y + dy
            points.append((x * sx + tx, y * sy + ty))
        arcs.append(points)
    for geometry in data["objects"][of]["geometries"]:
        if of == "countries" and geometry["properties"]["name"] != "United Kingdom":
            continue
        for polygon in geometry["arcs"]:
            for ring in polygon:
                points = []
                for index in ring:
                    arc = arcs[index] if index >= 0 else arcs[~index][::-1]
                    points.extend(arc[1 if points else 0 :])
                yield points


def clip(points, inside, cross):
    found = []
    for one, two in zip(points, points[1:] + points[:1]):
        if inside(one):
            found.append(one)
        if inside(one) != inside(two):
            found.append(cross(one, two))
    return found


def clipped(points):
    """The part of a ring in the window."""
    west, south, east, north = WINDOW

    def at_x(x):
        return lambda a, b: (x, a[1] + (b[1] - a[1]) * (x - a[0]) / (b[0] - a[0]))

    def at_y(y):
        return lambda a, b: (a[0] + (b[0] - a[0]) * (y - a[1]) / (b[1] - a[1]), y)

    points = clip(points, lambda p: p[0] >= west, at_x(west))
    points = points and clip(points, lambda p: p[0] <= east, at_x(east))
    points = points and clip(points, lambda p: p[1] >= south, at_y(south))
    return points and clip(points, lambda p: p[1] <= north, at_y(north))


def simplified(points, tolerance):
    """Douglas and Peucker."""
    if len(points) < 3:
        return points
    (ax, ay), (bx, by) = points[0], points[-1]
    length = math.hypot(bx - ax, by - ay)

    def distance(point):
        if length == 0:
            return math.hypot(point[0] - ax, point[1] - ay)
        return abs((bx - ax) * (ay - point[1]) - (ax - point[0]) * (by - ay)) / length

    at = max(range(1, len(points) - 1), key=lambda index: distance(points[index]))
    if distance(points[at]) <= tolerance:
        return [points[0], points[-1]]
    return simplified(points[: at + 1], tolerance)[:-1] + simplified(points[at:], tolerance)


def area_of(ring):
    pairs = zip(ring, ring[1:] + ring[:1])
    return abs(sum(a[0] * b[1] - b[0] * a[1] for a, b in pairs)) / 2


def contains(ring, x, y):
    inside = False
    for (ax, ay), (bx, by) in zip(ring, ring[1:] + ring[:1]):
        if (ay > y) != (by > y) and x < (bx - ax) * (y - ay) / (by - ay) + ax:
            inside = not inside
    return inside


def bounds(points):
    xs, ys = [x for x, _ in points], [y for _, y in points]
    return min(xs), min(ys), max(xs), max(ys)


class Land:
    def __init__(self, atlas, of):
        self.rings = []
        for ring in rings(atlas, f"{of}-10m.json", of):
            ring = clipped(ring)
            if len(ring) > 2:
                self.rings.append([project(*point) for point in ring])
        self.boxes = [bounds(ring) for ring in self.rings]

    def has(self, x, y):
        for ring, (west, north, east, south) in zip(self.rings, self.boxes):
            if west <= x <= east and north <= y <= south and contains(ring, x, y):
                return True
        return False

    def has_most_of(self, x, y, radius):
        """Whether three of seven points of a hexagon are on land."""
        turns = (math.radians(60 * turn) for turn in range(6))
        around = [(x + radius * 0.6 * math.cos(turn), y + radius * 0.6 * math.sin(turn)) for turn in turns]
        return sum(self.has(*point) for point in [(x, y), *around]) >= 3

    def outlines(self):
        """Each outline as a path and the box around it."""
        for ring in self.rings:
            half = len(ring) // 2
            ring = simplified(ring[: half + 1], TOLERANCE)[:-1] + simplified(ring[half:], TOLERANCE)
            ring = [(round(x), round(y)) for x, y in ring]
            if len(ring) < 4 or area_of(ring) < MIN_ISLAND:
                continue
            (x, y), steps = ring[0], []
            for nx, ny in ring[1:]:
                if (nx, ny) != (x, y):
                    steps.append(f"{nx - x} {ny - y}")
                x, y = nx, ny
            path = f"M{ring[0][0]} {ring[0][1]}l{' '.join(steps)}z".replace(" -", "-")
            yield bounds(ring), path


# Councils


class Councils:
    """The council of each postcode district, from the tables of places."""

    def __init__(self):
        rows = list(csv.DictReader((SERVICES / "places/data/areas.csv").open()))
        member_of = {}
        for row in rows:
            if row["kind"] == "district":
                for member in row["members"].split("|"):
                    member_of[member] = row["name"]
        self.points = []
        regions = defaultdict(Counter)
        for row in csv.DictReader((SERVICES / "core/data/outcodes-gb.csv").open()):
            own = member_of.get(f"pc:{row['outcode']}")
            council = own or member_of[f"la:{row['local_authority_2013']}"]
            regions[council][row["region"]] += 1
            self.points.append((*project(float(row["lon"]), float(row["lat"])), council))
        towns = {}
        for row in csv.DictReader((SERVICES / "core/data/gazetteer-gb.csv").open()):
            if row["country"] == "Northern Ireland":
                old = towns.get(row["name"])
                if old is None or int(row["population"] or 0) > int(old["population"] or 0):
                    towns[row["name"]] = row
        for row in csv.DictReader((SERVICES / "places/data/postcodes.csv").open()):
            council = member_of.get(f"pc:{row['district']}")
            if council:
                town = towns[row["place"]]
                self.points.append((*project(float(town["lon"]), float(town["lat"])), council))
                regions[council]["Northern Ireland"] += 1
        self.region_of = {council: counts.most_common(1)[0][0] for council, counts in regions.items()}
        self.grid = defaultdict(list)
        for point in self.points:
            self.grid[self.cell(*point[:2])].append(point)

    @staticmethod
    def cell(x, y):
        return int(x // 50), int(y // 50)

    def nearest(self, x, y):
        cx, cy = self.cell(x, y)
        best = None
        for ring in range(20):
            for gx in range(cx - ring, cx + ring + 1):
                for gy in range(cy - ring, cy + ring + 1):
                    if max(abs(gx - cx), abs(gy - cy)) != ring:
                        continue
                    for px, py, council in self.grid.get((gx, gy), ()):
                        distance = math.hypot(px - x, py - y)
                        if best is None or distance < best[0]:
                            best = (distance, council)
            if best and best[0] <= ring * 50:
                break
        # Farther than any district reaches: another country.
        return best[1] if best and best[0] <= 90 else None

    def middle(self, council):
        points = [(x, y) for x, y, own in self.points if own == council]
        return sum(x for x, _ in points) / len(points), sum(y for _, y in points) / len(points)


# Hexagons, with a corner at the top. Odd rows are shifted by half a hexagon.


def neighbours(column, row):
    shift = 0 if row % 2 == 0 else 1
    return [
        (column - 1, row),
        (column + 1, row),
        (column - 1 + shift, row - 1),
        (column + shift, row - 1),
        (column - 1 + shift, row + 1),
        (column + shift, row + 1),
    ]


class Picture:
    def __init__(self, cells, areas, radius):
        self.cells, self.areas, self.radius = cells, areas, radius
        self.west = min(column for column, _ in cells)
        # The first row is an even one, because odd ones are shifted.
        self.north = min(row for _, row in cells) // 2 * 2

    def centre(self, column, row):
        return centre(column, row, self.radius)

    def label(self, area):
        """The hexagon that is deepest inside, and near the middle."""
        own = {cell for cell, of in self.cells.items() if of == area}
        depth, layer, left = {}, 0, set(own)
        while left:
            edge = {cell for cell in left if any(n not in left for n in neighbours(*cell))}
            for cell in edge:
                depth[cell] = layer
            left -= edge
            layer += 1
        centres = {cell: self.centre(*cell) for cell in own}
        mx = sum(x for x, _ in centres.values()) / len(own)
        my = sum(y for _, y in centres.values()) / len(own)

        def key(cell):
            x, y = centres[cell]
            return depth[cell] * self.radius * 2 - math.hypot(x - mx, y - my) * 0.5

        return centres[max(own, key=key)]

    def lines(self, name):
        x, y = self.centre(self.west, self.north)
        yield f"view\t{name}\t{self.radius}\t{x:.1f}\t{y:.1f}"
        for area_slug, key, label in self.areas:
            lx, ly = self.label(key)
            yield f"area\t{area_slug}\t{key}\t{label}\t{lx:.0f}\t{ly:.0f}"
        code = {key: chr(ord("0") + index) for index, (_, key, _) in enumerate(self.areas)}
        south = max(row for _, row in self.cells)
        east = max(column for column, _ in self.cells)
        for row in range(self.north, south + 1):
            line = (code.get(self.cells.get((column, row)), ".") for column in range(self.west, east + 1))
            yield "row\t" + "".join(line).rstrip(".")


def centre(column, row, radius):
    return radius * math.sqrt(3) * (column + (row % 2) / 2), radius * 1.5 * row


def fill(land, councils, radius, box):
    """The council of each hexagon on land. Hexagons between others are lakes, and are filled."""
    west, north, east, south = box
    rows = range(int(north / radius / 1.5) - 3, int(south / radius / 1.5) + 4)
    columns = range(int(west / radius / 1.7) - 4, int(east / radius / 1.7) + 4)
    near = [(column, row) for row in rows for column in columns]
    on_land = {cell for cell in near if land.has_most_of(*centre(*cell, radius), radius)}
    on_land |= {cell for cell in near if sum(n in on_land for n in neighbours(*cell)) >= 5}
    cells = {cell: councils.nearest(*centre(*cell, radius)) for cell in on_land}
    return {cell: council for cell, council in cells.items() if council}


def with_every(cells, councils, names, radius):
    """Gives a hexagon to each council that is smaller than one, from the largest neighbour."""
    for council in names:
        if council in cells.values():
            continue
        x, y = councils.middle(council)
        sizes = Counter(cells.values())
        around = sorted(
            cells, key=lambda cell: math.hypot(*(a - b for a, b in zip(centre(*cell, radius), (x, y))))
        )
        near = [cell for cell in around[:7] if sizes[cells[cell]] > 1]
        far = not near or math.hypot(*(a - b for a, b in zip(centre(*near[0], radius), (x, y)))) > 3 * radius
        if far:
            row = round(y / radius / 1.5)
            cell = round(x / radius / math.sqrt(3) - (row % 2) / 2), row
        else:
            cell = near[0]
        cells[cell] = council
    return cells


def main():
    atlas = Path(sys.argv[1])
    kingdom, councils = Land(atlas, "countries"), Councils()
    out = []
    everything = bounds([point[:2] for point in councils.points])
    cells = fill(kingdom, councils, COUNTRY_RADIUS, everything)
    by_region = {cell: councils.region_of[council] for cell, council in cells.items()}
    regions = [(slug(label), key, label) for key, label in REGIONS.items()]
    out.extend(Picture(by_region, regions, COUNTRY_RADIUS).lines("all"))
    for region, label in REGIONS.items():
        names = sorted(council for council, of in councils.region_of.items() if of == region)
        own = [point for point in councils.points if point[2] in names]
        box = bounds([point[:2] for point in own])
        size = sum(1 for of in by_region.values() if of == region) * COUNTRY_RADIUS**2
        radius = round(math.sqrt(size / min(MAX_HEXAGONS, HEXAGONS_EACH * len(names) + 60)), 1)
        cells = fill(kingdom, councils, radius, box)
        cells = {cell: council for cell, council in cells.items() if council in names}
        cells = with_every(cells, councils, names, radius)
        areas = [(slug(name), name, name) for name in names]
        assert len({area for area, _, _ in areas}) == len(areas)
        out.extend(Picture(cells, areas, radius).lines(slug(label)))
        print(f"{label}: {len(names)} councils, {len(cells)} hexagons of {radius / 2:.1f} km")
    for box, path in Land(atlas, "land").outlines():
        out.append("land\t" + " ".join(f"{edge:.0f}" for edge in box) + f"\t{path}")
    text = "\n".join(out) + "\n"
    (HERE / "map.txt").write_text(text)
    print(f"map.txt: {len(text)} bytes")


main()
