"""The gazetteer, on which towns and the size of neighbourhoods depend."""

import csv
import hashlib
import math
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path

VERSION = "gb-1"
FILE = Path(__file__).resolve().parents[3] / "services" / "core" / "data" / "gazetteer-gb.csv"
MAX_DISTANCE_M = 30_000
EARTH_RADIUS_M = 6_371_008.8
MIN_POPULATION = 10_000


@dataclass(frozen=True)
class Town:
    """One place of the gazetteer; its population may be unknown."""

    geonames_id: int
    point: tuple[int, int]
    population: int | None


@cache
def towns() -> dict[int, Town]:
    """Reads the gazetteer."""
    found = {}
    with FILE.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            # Decimal, because a binary fraction could be off by one in the last digit.
            point = (int(Decimal(row["lat"]) * 10**7), int(Decimal(row["lon"]) * 10**7))
            id_ = int(row["geonameid"])
            found[id_] = Town(id_, point, int(row["population"]) if row["population"] else None)
    return found


def sha256() -> str:
    """Returns the hash of the file, which names its version."""
    return hashlib.sha256(FILE.read_bytes()).hexdigest()


def distance_m(one: tuple[int, int], other: tuple[int, int]) -> float:
    """Returns the great-circle distance of two points in 10⁻⁷ degrees."""
    (lat1, lon1), (lat2, lon2) = (tuple(math.radians(v / 1e7) for v in p) for p in (one, other))
    a = math.sin((lat2 - lat1) / 2) ** 2
    a += math.cos(lat1) * math.cos(lat2) * math.sin((lon2 - lon1) / 2) ** 2
    return 2 * EARTH_RADIUS_M * math.asin(math.sqrt(min(1.0, a)))


def nearest(point: tuple[int, int]) -> Town | None:
    """Returns the nearest place within 30 km; of equally near ones that with the lower id."""
    ranked = ((distance_m(point, town.point), town.geonames_id) for town in towns().values())
    distance, id_ = min(ranked)
    return towns()[id_] if distance <= MAX_DISTANCE_M else None


def becomes(town: Town | None) -> str:
    """Returns as what a neighbourhood is published whose centre is nearest to this place."""
    if town is None:
        return "none"
    large = town.population is not None and town.population >= MIN_POPULATION
    return "neighbourhood" if large else "town"
