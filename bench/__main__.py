"""`make bench`: what the pages cost, beside the same work in raw SQL on the same database."""

import os
import sys

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ngo_portal.settings")
django.setup()

from bench.cost import costs  # noqa: E402
from bench.databases import prepared  # noqa: E402
from bench.work import measure  # noqa: E402

# The measured organisation is the same in both; the others hold ten times the rows in the second.
SMALL, LARGE = 3, 21
HEAD = (
    "| work | portal ms | raw ms | ratio | worked ms | round trips | aim |\n"
    "|---|---|---|---|---|---|---|"
)

COST_HEAD = "| request | with ms | without ms | cost ms | aim |\n|---|---|---|---|---|"


def main() -> int:
    for organisations in (SMALL, LARGE):
        with prepared(organisations) as rows:
            print(f"\n{organisations} organisations, {rows} counts\n\n{HEAD}")
            for line in measure():
                print(line, flush=True)
            print(f"\nWalls and ledger, {organisations} organisations\n\n{COST_HEAD}")
            for line in costs():
                print(line, flush=True)
    return 0


sys.exit(main())
