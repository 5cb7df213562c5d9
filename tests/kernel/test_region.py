import pytest

from citizen_portal import region
from citizen_portal.region import FOLDER, Part


@pytest.mark.parametrize("name", [path.stem for path in FOLDER.glob("*.yaml")])
def test_every_profile_says_everything_in_both_languages(name: str) -> None:
    profile = region.load(name)
    for words in texts(profile):
        assert set(words) == {"en", "cy"}


def texts(part: Part) -> list[dict[str, str]]:
    found: list[dict[str, str]] = []
    for value in dict(part).values():
        if isinstance(value, dict):
            found.append(value)
        elif isinstance(value, Part):
            found += texts(value)
        elif isinstance(value, tuple):
            found += [words for each in value if isinstance(each, Part) for words in texts(each)]
    return found


def test_an_unknown_region_is_refused() -> None:
    with pytest.raises(FileNotFoundError):
        region.load("atlantis")
