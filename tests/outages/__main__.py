"""``make outages``: try each outage under load, print a table, write ``build/outages.json``.

``OUTAGE=disk,sqlite`` tries those alone with one of these words in their name or database, and
keeps what the file says of the others. Ends with 1 if anything that was acknowledged is lost, or a
page was wrong.
"""

import json
import os
import sys
from dataclasses import asdict
from itertools import groupby
from pathlib import Path

from tests import postgres
from tests.outages.outages import OUTAGES
from tests.outages.report import HEAD, Report, tried
from tests.outages.rig import running

WRITTEN = Path("build/outages.json")


def main(wanted: str) -> int:
    reports: list[Report] = []
    words = wanted.split(",")
    chosen = [one for one in OUTAGES if any(word in f"{one.name} {one.kind}" for word in words)]
    print(HEAD, flush=True)
    for kind, outages in groupby(chosen, lambda one: one.kind):
        if kind == "postgresql" and (reason := postgres.absent()):
            skipped = [Report(one.name, kind, skipped=reason) for one in outages]
            print("\n".join(one.line() for one in skipped), flush=True)
            reports += skipped
            continue
        with running(kind) as rig:
            for outage in outages:
                report = tried(rig, outage)
                reports.append(report)
                print(report.line(), flush=True)
                for fault in report.wrong[:5]:
                    print(f"    {fault}", flush=True)
    write(reports)
    tried_ones = [one for one in reports if not one.skipped]
    print(
        f"{len(tried_ones)} outages, {sum(one.survived for one in tried_ones)} survived:"
        f" {sum(one.acknowledged for one in tried_ones)} acknowledged,"
        f" {sum(one.lost for one in tried_ones)} lost,"
        f" {sum(len(one.wrong) for one in tried_ones)} wrong"
    )
    return 0 if tried_ones and all(one.survived for one in tried_ones) else 1


def write(reports: list[Report]) -> None:
    before = json.loads(WRITTEN.read_text()) if WRITTEN.exists() else []
    found = {(one["name"], one["database"]): one for one in [*before, *map(asdict, reports)]}
    WRITTEN.parent.mkdir(exist_ok=True)
    WRITTEN.write_text(json.dumps(list(found.values()), indent=2) + "\n")


if __name__ == "__main__":
    sys.exit(main(os.environ.get("OUTAGE", "")))
