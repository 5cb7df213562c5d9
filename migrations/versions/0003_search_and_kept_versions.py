"""The register searched by word through a text index; published versions kept by the database.

The words of what stands are made here as the portal made them then: it stands alone, so that it
does the same whatever the portal's own code has become.
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

COLUMNS = ("title", "title_cy", "said", "said_cy", "named", "named_cy", "answers", "answers_cy")
KEPT = (
    "agreement_id, number, document, digest, in_force_from, changed, published_by_id, published_at"
)
MOST_LETTERS = 60_000
Said = Mapping[str, Any]
SORTED = ("published_on", "ends", "answered")


def upgrade() -> None:
    op.create_table(
        "agreement_text",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("agreement_id", sa.Uuid(), nullable=False),
        *(sa.Column(name, sa.String(), nullable=False) for name in COLUMNS),
        sa.ForeignKeyConstraint(
            ["agreement_id"], ["agreement.id"], name="fk_agreement_text_agreement_id"
        ),
        sa.PrimaryKeyConstraint("number", name="pk_agreement_text"),
        sa.UniqueConstraint("agreement_id", name="uq_agreement_text_agreement_id"),
    )
    for statement in _made():
        op.execute(statement)
    _index_what_stands()
    op.drop_column("agreement", "search_text")
    for name in SORTED:
        op.create_index(f"ix_agreement_{name}", "agreement", [name])


def downgrade() -> None:
    for name in SORTED:
        op.drop_index(f"ix_agreement_{name}", table_name="agreement")
    op.add_column(
        "agreement", sa.Column("search_text", sa.String(), server_default="", nullable=False)
    )
    _describe_as_before()
    if _sqlite():
        op.execute("DROP TABLE agreement_search")
        op.execute("DROP TRIGGER agreement_version_kept")
        op.execute("DROP TRIGGER agreement_version_stays")
    else:
        op.execute("DROP TRIGGER agreement_version_kept ON agreement_version")
        op.execute("DROP FUNCTION agreement_version_kept()")
    op.drop_table("agreement_text")


def _sqlite() -> bool:
    return op.get_bind().dialect.name == "sqlite"


def _made() -> tuple[str, ...]:
    """The index over the words, and the triggers that keep published versions as they are."""
    if _sqlite():
        names, old, new = (
            ", ".join(f"{of}{name}" for name in COLUMNS) for of in ("", "old.", "new.")
        )
        into = f"INSERT INTO agreement_search(rowid, {names}) VALUES (new.number, {new});"
        out = (
            f"INSERT INTO agreement_search(agreement_search, rowid, {names}) "
            f"VALUES ('delete', old.number, {old});"
        )
        refuse = "BEGIN SELECT RAISE(ABORT, 'what was published stays as it is'); END"
        return (
            f"CREATE VIRTUAL TABLE agreement_search USING fts5({names}, "
            "content='agreement_text', content_rowid='number', "
            "tokenize='porter unicode61 remove_diacritics 2', prefix='2 3')",
            f"CREATE TRIGGER agreement_text_in AFTER INSERT ON agreement_text BEGIN {into} END",
            f"CREATE TRIGGER agreement_text_out AFTER DELETE ON agreement_text BEGIN {out} END",
            "CREATE TRIGGER agreement_text_new AFTER UPDATE ON agreement_text "
            f"BEGIN {out} {into} END",
            "CREATE TRIGGER agreement_version_kept "
            f"BEFORE UPDATE OF {KEPT} ON agreement_version {refuse}",
            f"CREATE TRIGGER agreement_version_stays BEFORE DELETE ON agreement_version {refuse}",
        )
    weighed = " || ".join(
        f"setweight(to_tsvector('{'simple' if name.endswith('_cy') else 'english'}', {name}), "
        f"'{'AABBCCDD'[place]}')"
        for place, name in enumerate(COLUMNS)
    )
    return (
        "ALTER TABLE agreement_text ADD COLUMN found tsvector "
        f"GENERATED ALWAYS AS ({weighed}) STORED",
        "CREATE INDEX ix_agreement_text_found ON agreement_text USING gin (found)",
        "CREATE FUNCTION agreement_version_kept() RETURNS trigger AS $$ BEGIN "
        "RAISE EXCEPTION 'what was published stays as it is'; END $$ LANGUAGE plpgsql",
        f"CREATE TRIGGER agreement_version_kept BEFORE UPDATE OF {KEPT} OR DELETE "
        "ON agreement_version FOR EACH ROW EXECUTE FUNCTION agreement_version_kept()",
    )


AGREEMENT = sa.table(
    "agreement",
    sa.column("id", sa.Uuid()),
    sa.column("version", sa.Integer()),
    sa.column("search_text", sa.String()),
)
VERSION = sa.table(
    "agreement_version",
    sa.column("agreement_id", sa.Uuid()),
    sa.column("number", sa.Integer()),
    sa.column("document", sa.JSON()),
)
TEXT = sa.table(
    "agreement_text",
    sa.column("agreement_id", sa.Uuid()),
    *(sa.column(name, sa.String()) for name in COLUMNS),
)
POWER = sa.table("legal_power", sa.column("slug", sa.String()), sa.column("name", sa.JSON()))
ORGANISATION = sa.table(
    "organisation",
    sa.column("slug", sa.String()),
    *(sa.column(name, sa.JSON()) for name in ("name", "official_name", "short_name")),
)


def _newest() -> Any:
    return op.get_bind().execute(
        sa.select(VERSION.c.agreement_id, VERSION.c.document).join(
            AGREEMENT,
            (AGREEMENT.c.id == VERSION.c.agreement_id) & (AGREEMENT.c.version == VERSION.c.number),
        )
    )


def _index_what_stands() -> None:
    bind = op.get_bind()
    powers = {row.slug: row.name for row in bind.execute(sa.select(POWER))}
    names: dict[str, list[dict[str, str]]] = defaultdict(list)
    for row in bind.execute(sa.select(ORGANISATION)):
        names[row.slug] += [row.name, row.official_name, row.short_name]
    for agreement_id, document in _newest().all():
        said = _words_of(document, names, powers)
        bind.execute(TEXT.insert().values(agreement_id=agreement_id, **said))


def _words_of(
    document: Said, organisations: Mapping[str, Iterable[Said]], powers: Mapping[str, Said]
) -> dict[str, str]:
    reference = document["reference"]
    texts = {
        "title": [{"en": f"{reference} {reference.replace('-', '')}"}, document["title"]],
        "said": [document[field] for field in ("what", "purpose", "disclosed")],
        "named": list(_named(document, organisations, powers)),
        "answers": list(_answers(document)),
    }
    return {
        name: _column(texts[name.removesuffix("_cy")], "cy" if name.endswith("_cy") else "en")
        for name in COLUMNS
    }


def _column(texts: Iterable[Said], language: str) -> str:
    """Small letters without accents, nothing but letters and digits, spaces between."""
    found = []
    for text in texts:
        apart = unicodedata.normalize("NFKD", text.get(language, ""))
        bare = "".join(letter for letter in apart if not unicodedata.combining(letter))
        found += re.findall(r"[^\W_]+", bare.casefold())
    return " ".join(found)[:MOST_LETTERS]


def _named(
    document: Said, organisations: Mapping[str, Iterable[Said]], powers: Mapping[str, Said]
) -> Iterator[Said]:
    for field in ("disclosers", "recipients", "processors"):
        for party in document.get(field, ()):
            yield from organisations.get(party.get("organisation", ""), ())
            if "name" in party:
                yield {"en": party["name"]}
    for name in document.get("categories", ()):
        yield CATEGORIES.get(name) or {"en": re.sub("(?<=[a-z])(?=[A-Z])", " ", name).lower()}
    yield from (powers[slug] for slug in document.get("powers", ()) if slug in powers)
    for field in ("powers_as_published", "controllers_as_published", "areas"):
        yield from ({"en": name} for name in document.get(field, ()))


def _answers(document: Said) -> Iterator[Said]:
    yield from (
        document[field]
        for field in ("subjects", "harm_of_not_sharing", "benefits")
        if field in document
    )
    yield from (measure["what"] for measure in document.get("measures", ()))
    asked = [*document.get("trust", {}).values()]
    asked += [own["answer"] for own in document.get("questions", ()) if "answer" in own]
    yield from (answer["text"] for answer in asked)


CATEGORIES: dict[str, dict[str, str]] = {
    "Age": {"en": "age", "cy": "oedran"},
    "BankAccount": {"en": "bank account", "cy": "cyfrif banc"},
    "BirthDate": {"en": "date of birth", "cy": "dyddiad geni"},
    "CarOwned": {"en": "vehicle", "cy": "cerbyd"},
    "Communication": {"en": "letters and calls", "cy": "llythyrau a galwadau"},
    "CriminalOffence": {"en": "offences", "cy": "troseddau"},
    "CriminalOffense": {"en": "offences", "cy": "troseddau"},
    "CurrentEmployment": {"en": "job", "cy": "swydd"},
    "Disability": {"en": "disability", "cy": "anabledd"},
    "EducationQualification": {"en": "exam results", "cy": "canlyniadau arholiadau"},
    "EmailAddress": {"en": "email address", "cy": "cyfeiriad e-bost"},
    "Ethnicity": {"en": "ethnic group", "cy": "grŵp ethnig"},
    "FamilyStructure": {"en": "who is in the family", "cy": "pwy sydd yn y teulu"},
    "FinancialStatus": {"en": "money matters", "cy": "sefyllfa ariannol"},
    "Gender": {"en": "sex or gender", "cy": "rhyw neu rywedd"},
    "HealthRecord": {"en": "health record", "cy": "cofnod iechyd"},
    "HouseOwned": {"en": "home", "cy": "cartref"},
    "Income": {"en": "income", "cy": "incwm"},
    "LoanRecord": {"en": "loans", "cy": "benthyciadau"},
    "Location": {"en": "where you are or were", "cy": "lle rydych neu lle buoch"},
    "MaritalStatus": {"en": "marriage or partnership", "cy": "priodas neu bartneriaeth"},
    "MedicalHealth": {"en": "health", "cy": "iechyd"},
    "Name": {"en": "name", "cy": "enw"},
    "Nationality": {"en": "nationality", "cy": "cenedligrwydd"},
    "OfficialID": {
        "en": "number that a body knows you by",
        "cy": "rhif y mae corff yn eich adnabod wrtho",
    },
    "Passport": {"en": "passport", "cy": "pasbort"},
    "PhysicalAddress": {"en": "address", "cy": "cyfeiriad"},
    "Picture": {"en": "photo", "cy": "llun"},
    "Prescription": {"en": "medicines", "cy": "meddyginiaethau"},
    "Religion": {"en": "religion", "cy": "crefydd"},
    "Salary": {"en": "pay", "cy": "cyflog"},
    "School": {"en": "school", "cy": "ysgol"},
    "Tax": {"en": "tax", "cy": "treth"},
    "TelephoneNumber": {"en": "phone number", "cy": "rhif ffôn"},
    "Transaction": {"en": "payments", "cy": "taliadau"},
}
"""Kinds of data in plain words, as they were."""


def _describe_as_before() -> None:
    for agreement_id, document in _newest().all():
        texts = [document["reference"]]
        for field in ("title", "what", "purpose"):
            texts += document[field].values()
        op.execute(
            AGREEMENT.update()
            .where(AGREEMENT.c.id == agreement_id)
            .values(search_text="\n".join(texts).casefold())
        )
