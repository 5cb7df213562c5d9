import pytest

from citizen_portal.mailboxes import mailbox, masked


@pytest.mark.parametrize(
    ("typed", "taken"),
    [
        ("mair@example.org", "mair@example.org"),
        ("Mair.Huws+news@Example.ORG", "Mair.Huws+news@example.org"),
        ("o'neill@post.example.org", "o'neill@post.example.org"),
        ("mair@ŵy.cymru", "mair@xn--y-9na.cymru"),
        ("mair@xn--fa-hia.de", "mair@xn--fa-hia.de"),
        ("a" * 64 + "@b.org", "a" * 64 + "@b.org"),
    ],
)
def test_addresses_that_are_taken(typed: str, taken: str) -> None:
    assert mailbox(typed) == taken


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "@",
        "mair",
        "mair@",
        "@example.org",
        "mair@localhost",
        "mair@127.0.0.1",
        "mair@[127.0.0.1]",
        "mair@example.org.",
        "mair@-example.org",
        "mair@exam_ple.org",
        "mair@example..org",
        ".mair@example.org",
        "mair.@example.org",
        "ma..ir@example.org",
        '"mair huws"@example.org',
        "mair huws@example.org",
        "Mair <mair@example.org>",
        "<mair@example.org>",
        "mair@example.org,eve@example.org",
        "mair@example.org;eve@example.org",
        "mair@example.org eve@example.org",
        "mair@eve@example.org",
        "mair%eve@example.org",
        "eve!mair@example.org",
        "mair@example.org\nBcc: eve@example.org",
        "mair@example.org\r\n\r\nHello",
        "mair\n@example.org",
        "mair@example.org\x00",
        "ma\u0131r@example.org",
        "m\u0430ir@example.org",
        "mair@exam\u200bple.org",
        "mair\u202e@example.org",
        "mair@example\u3002org",
        "mair@\uff45xample.org",
        "mair@\u212aent.org",
        "mair@faß.de",
        "a" * 65 + "@b.org",
        "mair@" + "a" * 64 + ".org",
        "mair@" + "a." * 130 + "org",
    ],
)
def test_whatever_is_not_one_plain_mailbox_is_refused(typed: str) -> None:
    assert mailbox(typed) is None


@pytest.mark.parametrize(
    ("address", "shown"),
    [("mair@example.org", "m…@example.org"), ("m@example.org", "…@example.org")],
)
def test_an_address_is_shown_in_part(address: str, shown: str) -> None:
    assert masked(address) == shown
