"""``citizen-portal demo``: the demo world on this machine, with nothing else needed."""

from pathlib import Path

import click


@click.command()
@click.option(
    "--port",
    type=click.IntRange(1, 65535),
    default=8000,
    show_default=True,
    help="Where the portal answers.",
)
@click.option(
    "--data",
    type=click.Path(file_okay=False, path_type=Path),
    help="A folder in which the world is kept between runs. Without it, it goes when you stop.",
)
@click.option("--fresh", is_flag=True, help="Wipe the world kept in --data, and begin anew.")
@click.option("--seed", type=int, help="Another number, another year of looks.")
def demo(port: int, data: Path | None, fresh: bool, seed: int | None) -> None:
    """Start the portal with invented people and bodies, on this machine alone.

    It prints "Ready:" once sign-in and every body work, and ends what it started on Ctrl-C.
    """
    if fresh and data is None:
        raise click.UsageError("--fresh wipes the world kept in --data: name its folder.")
    from citizen_portal.demo.run import run  # so that a real portal does not load the demo

    run(port=port, data=data, fresh=fresh, seed=seed)
