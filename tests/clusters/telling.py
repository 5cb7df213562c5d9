"""What a run over two clusters tells in the end, and which tests it leaves out, with the reason.

Hooks of pytest, in whichever process a test ran.
"""

from collections import Counter
from collections.abc import Iterable

import pytest

from tests.clusters.apart import APART
from tests.clusters.asking import ASKED
from tests.clusters.kept import CITIZENS

TOLD: Counter[str] = Counter()


def leave_out(items: Iterable[pytest.Item]) -> None:
    for item in items:
        whole = item.nodeid.removeprefix("tests/")
        name = whole.partition("[")[0]
        for wanted in (whole, name, name.partition("::")[0]):
            if wanted in APART:
                item.add_marker(pytest.mark.skip(reason=APART[wanted]))


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> None:
    if call.when != "teardown":
        return
    told = {f"citizens on the {at} cluster": count for at, count in CITIZENS.items()}
    for (kind, clusters), count in ASKED.items():
        told[f"statements of {kind}, asked of {clusters}"] = count
    if told:
        item.user_properties.append(("clusters", told))
    CITIZENS.clear()
    ASKED.clear()


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    if report.when == "teardown":
        for name, told in report.user_properties:
            if name == "clusters":
                assert isinstance(told, dict)
                TOLD.update(told)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    for name, count in sorted(TOLD.items()):
        terminalreporter.write_line(f"{name}: {count}")
