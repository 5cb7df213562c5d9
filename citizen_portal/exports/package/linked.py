"""The copy as linked data: a DCAT catalogue of its tables, told in DPV terms.

The context stands in the file, so that nothing has to be fetched to read it.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from citizen_portal.exports.package.archive import File
from citizen_portal.exports.package.contents import Contents, Missing
from citizen_portal.exports.package.descriptors import moment
from citizen_portal.exports.package.tables import Written

CONTEXT = {
    "dcat": "http://www.w3.org/ns/dcat#",
    "dct": "http://purl.org/dc/terms/",
    "dpv": "https://w3id.org/dpv#",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "spdx": "http://spdx.org/rdf/terms#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
MEDIA = "https://www.iana.org/assignments/media-types/"
SHA256 = {"@id": "spdx:checksumAlgorithm_sha256"}


def linked(
    contents: Contents, tables: Sequence[Written], missing: Iterable[Missing]
) -> dict[str, Any]:
    """``copy.jsonld``."""
    return {
        "@context": CONTEXT,
        "@id": f"urn:uuid:{contents.id}",
        "@type": ["dcat:Catalog", "dpv:PersonalDataProcess"],
        "dct:title": _said(contents.brand, contents.language),
        "dct:issued": {"@value": moment(contents), "@type": "xsd:dateTime"},
        "dct:publisher": {"@id": contents.issuer},
        "dpv:hasDataSubject": {"@type": "dpv:DataSubject"},
        "rdfs:comment": [
            _said(f"{one.body}: {one.what} ({one.why}). {one.words}".strip(), contents.language)
            for one in missing
        ],
        "dcat:dataset": [_dataset(contents, each) for each in tables],
    }


def _dataset(contents: Contents, written: Written) -> dict[str, Any]:
    table = written.table
    meant = sorted({column.iri for column in table.columns if column.iri})
    told: dict[str, Any] = {
        "@id": f"urn:uuid:{contents.id}#{table.name}",
        "@type": "dcat:Dataset",
        "dct:identifier": table.name,
        "dct:title": _said(table.title, contents.language),
        "dct:description": _said(table.description, contents.language),
        "dpv:hasPersonalData": [{"@id": iri} for iri in meant],
        "dcat:distribution": [
            _file(written.csv, "text/csv"),
            _file(written.lines, "application/jsonl"),
        ],
    }
    if table.source:
        told["dpv:hasDataController"] = {"@type": "dpv:Organisation", "foaf:name": table.source}
    return told


def _file(file: File, media_type: str) -> dict[str, Any]:
    return {
        "@type": "dcat:Distribution",
        "dct:title": file.path,
        "dcat:mediaType": {"@id": MEDIA + media_type},
        "dcat:byteSize": {"@value": str(file.bytes), "@type": "xsd:nonNegativeInteger"},
        "spdx:checksum": {
            "@type": "spdx:Checksum",
            "spdx:algorithm": SHA256,
            "spdx:checksumValue": {"@value": file.sha256, "@type": "xsd:hexBinary"},
        },
    }


def _said(text: str, language: str) -> dict[str, str]:
    return {"@value": text, "@language": language}
