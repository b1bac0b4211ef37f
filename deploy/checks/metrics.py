#!/usr/bin/env python3
"""Compares the metrics and labels in alerts and dashboards with the pages that the servers serve,
and the pipelines of the trace collector with what its file defines.

Usage: metrics.py PAGES MONITORING     (PAGES has hedgerow-node.metrics and hedgerow-aggregator.metrics)
"""

import json
import pathlib
import re
import sys

import yaml

SERVERS = ("hedgerow-node", "hedgerow-aggregator")
# Prometheus adds these itself.
FROM_PROMETHEUS = {"job", "instance", "le"}
# Their values are errors or results that a short run does not have to have.
OPEN_LABELS = {"code", "method", "limit", "outcome", "reason", "verdict"}


def page(path):
    """Name of each sample → label → values."""
    samples = {}
    for line in path.read_text().splitlines():
        match = re.match(r"([a-z_]+)(?:\{(.*)\})? ", line)
        if match and not line.startswith("#"):
            labels = samples.setdefault(match[1], {})
            for label, value in re.findall(r'([a-z_]+)="([^"]*)"', match[2] or ""):
                labels.setdefault(label, set()).add(value)
    return samples


def faults(expression, pages):
    """What the expression names and no page has. `job` in it chooses the pages."""
    names = set(re.findall(r"\bhedgerow_[a-z_]+", expression))
    chosen = [server for server in SERVERS if f'job="{server}"' in expression] or [
        server for server in SERVERS if any(name in pages[server] for name in names)
    ]
    for name in names:
        for server in chosen or SERVERS:
            if name not in pages[server]:
                yield f"{name}: {server} has no such metric"
    known = {}
    for server in chosen:
        for name in names & pages[server].keys():
            for label, values in pages[server][name].items():
                known.setdefault(label, set()).update(values)
    for grouping in re.findall(r"\bby \(([^)]*)\)", expression):
        for label in re.split(r", *", grouping):
            if label not in known and label not in FROM_PROMETHEUS:
                yield f"{', '.join(sorted(names))}: no label {label}"
    for label, operator, value in re.findall(r'([a-z_]+)(=~|=)"([^"]*)"', expression):
        if label in FROM_PROMETHEUS or not names:
            continue
        if label not in known:
            yield f"{', '.join(sorted(names))}: no label {label}"
        elif label not in OPEN_LABELS:
            for one in value.split("|") if operator == "=~" else [value]:
                if one not in known[label]:
                    yield f"{', '.join(sorted(names))}: no value {label}={one}"


def expressions(folder):
    for group in yaml.safe_load((folder / "rules.yml").read_text())["groups"]:
        for rule in group["rules"]:
            yield f"rules.yml, {rule['alert']}", rule["expr"]
    for path in sorted(folder.glob("grafana-*.json")):
        for panel in json.loads(path.read_text())["panels"]:
            for target in panel["targets"]:
                yield f"{path.name}, {panel['title']}", target["expr"]


def pipeline_faults(path):
    config = yaml.safe_load(path.read_text())
    used = set()
    for name, pipeline in config["service"]["pipelines"].items():
        for part in ("receivers", "processors", "exporters"):
            for one in pipeline[part]:
                used.add((part, one))
                if one not in config[part]:
                    yield f"{path.name}, pipeline {name}: {part} has no {one}"
    for part in ("receivers", "processors", "exporters"):
        for one in config[part]:
            if (part, one) not in used:
                yield f"{path.name}: {part} {one} is in no pipeline"


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    pages = {server: page(pathlib.Path(sys.argv[1]) / f"{server}.metrics") for server in SERVERS}
    folder = pathlib.Path(sys.argv[2])
    found, count = list(pipeline_faults(folder / "otel-collector.yaml")), 0
    for place, expression in expressions(folder):
        count += 1
        found += [f"{place}: {fault}" for fault in faults(expression, pages)]
    for fault in found:
        print(fault)
    if found:
        sys.exit(1)
    print(f"   {count} expressions: every metric and label is in the servers' pages")


main()
