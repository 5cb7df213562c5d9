"""Turns a page on standard input into a tagged PDF on standard output, as a program by itself.

A process of its own, since texts that bodies wrote go through libraries in C here: what takes too
much memory or time, or breaks, ends this one and no worker. It asks nobody, reads no file but fonts
and writes none. Run by ``paper``; knows nothing of the portal, so that it starts soon.
"""

import os
import resource
import sys

CANNOT = 3
"""How it ends where WeasyPrint or what it needs (Pango) is not there."""
MEMORY, SECONDS = 1_000_000_000, 30


def main() -> int:
    _limit(resource.RLIMIT_CORE, 0)
    try:
        import weasyprint
    except (ImportError, OSError):
        return CANNOT
    _limit(resource.RLIMIT_AS, MEMORY)
    _limit(resource.RLIMIT_CPU, SECONDS)
    _limit(resource.RLIMIT_FSIZE, 0)
    nowhere = weasyprint.URLFetcher(allowed_protocols=())
    page = weasyprint.HTML(string=sys.stdin.buffer.read().decode(), url_fetcher=nowhere)
    sys.stdout.buffer.write(page.write_pdf(pdf_variant="pdf/ua-1"))
    return 0


def _limit(what: int, most: int) -> None:
    _, hard = resource.getrlimit(what)
    allowed = most if hard == resource.RLIM_INFINITY else min(most, hard)
    resource.setrlimit(what, (allowed, allowed))


if __name__ == "__main__":
    ended = main()
    sys.stdout.flush()
    # At once: an orderly end unloads libraries in which threads of Pango may still be at work.
    os._exit(ended)
