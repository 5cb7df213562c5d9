"""After a run of the tests nothing personal stands in any line that the portal logged meanwhile.

A plugin of pytest: whatever each test left on stderr is searched, in whichever process it ran.
"""

import re
from dataclasses import dataclass, field

import pytest

LINE = re.compile(r'^\{.*"event": .*"level": .*\}$')
"""A line of the portal's own log, or of a library's as ``logs.configure`` has it written."""
PERSONAL = re.compile(
    r"(?i)canary|[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}|(?<![\w-])[0-9a-f]{32,}(?![\w-])"
    r"|eyJ[\w-]{8,}|bearer |[\w.+-]+@[\w-]+\.\w|\bQ-[2-9A-Z]{4}-[2-9A-Z]{4}\b"
)
"""A mark, an id of ours, a token, an address for mails, the reference of a question."""
OF_NO_PERSON = re.compile(r'"(?:body|source)": "[^"]*"')
"""Ids of public bodies and of their sources."""


def personal(text: str) -> list[str]:
    """The lines of a log in which there is something personal."""
    lines = (line for line in text.splitlines() if LINE.match(line))
    return [line for line in lines if PERSONAL.search(OF_NO_PERSON.sub("", line))]


def counted(text: str) -> int:
    return sum(bool(LINE.match(line)) for line in text.splitlines())


@dataclass(eq=False)
class LogLines:
    """What was logged in this run, as the process hears of it that gathers the results."""

    looked: int = 0
    found: list[str] = field(default_factory=list)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.when != "teardown":
            return  # that one has what was said before, too
        for name, text in report.sections:
            if name.startswith(("Captured stderr", "Captured log")):
                self.looked += counted(text)
                self.found += [f"{report.nodeid}: {line[:200]}" for line in personal(text)]

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        if self.found:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        say = terminalreporter.write_line
        say(f"{self.looked} lines of logs, {len(self.found)} with something personal")
        for line in self.found:
            say(line)


def pytest_configure(config: pytest.Config) -> None:
    """In the processes that only run tests nothing is gathered."""
    if not hasattr(config, "workerinput"):
        config.pluginmanager.register(LogLines(), "log lines")
