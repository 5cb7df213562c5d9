"""The program of each row in ``bars.toml``."""

import citizen_portal.app  # noqa: F401  (brings in every slice's tables)
from tests.benchmarks import (
    access_log,
    asking,
    browsing,
    checks,
    choices,
    dashboard,
    freshness,
    import_register,
    ingest,
    package,
    pages,
    starting,
    wall,
)
from tests.benchmarks.rows import Prepare

PROGRAMS: dict[str, Prepare] = {
    "dashboard": dashboard.dashboard,
    "statements": dashboard.statements,
    "first-wait": asking.first_wait,
    "fan-out": asking.fan_out,
    "access-log": access_log.access_log,
    "ingest": ingest.ingest,
    "ingest-growth": ingest.growth,
    "choice": choices.choice,
    "choice-rate": choices.rate,
    "check": checks.check,
    "copy": package.copy,
    "copy-growth": package.growth,
    "start": starting.start,
    "memory": starting.memory,
    "set-up": starting.set_up,
    "register-pages": pages.register_pages,
    "import": import_register.import_register,
    "freshness": freshness.freshness,
    "second-wall": wall.second_wall,
    "browsing": browsing.browsing,
    "browsing-rate": browsing.rate,
}
