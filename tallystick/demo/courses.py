"""What is issued in the demonstration: four courses, one learner."""

from __future__ import annotations

from credentials.json_types import JsonObject

LEARNER = "did:key:z6MkjchhfUsD6mmvni8mCdXHw216Xrm9bQe2mBH1P5RDjVJG"

WELDING: JsonObject = {
    "issuer": {"name": "Southern Institute of Trades", "url": "https://sit.example"},
    "achievement": {
        "id": "https://sit.example/micro-credentials/pipe-welding",
        "name": "Pipe welding for dairy plants",
        "description": "Welding and inspecting stainless steel pipes to food-safety standard.",
        "criteria": "Three inspected welds, a written procedure, and an oral examination.",
        "inLanguage": "en-NZ",
        "fieldOfStudy": "0715",
    },
    "learner": {"id": LEARNER},
    "level": {
        "framework": "NZQCF",
        "frameworkName": "New Zealand Qualifications and Credentials Framework",
        "code": "5",
        "uri": "urn:mcframework:nz-nzqcf:level:5",
    },
    "credits": {"unit": "NZQCF", "amount": "20"},
    "hours": "200",
}

STATISTICS: JsonObject = {
    "issuer": {"name": "Université de l'Exemple", "url": "https://exemple.example"},
    "achievement": {
        "id": "https://exemple.example/microcertifications/statistique",
        "name": "Statistics for environmental monitoring",
        "description": "Sampling, uncertainty and trend analysis of environmental data.",
        "criteria": "A graded project report on real data, defended before two examiners.",
        "inLanguage": "fr",
        "fieldOfStudy": "0542",
    },
    "learner": {"id": LEARNER},
    "level": {
        "framework": "EQF",
        "frameworkName": "European Qualifications Framework",
        "code": "6",
        "uri": "http://data.europa.eu/snb/eqf/6",
    },
    "credits": {"unit": "ECTS", "amount": "5"},
    "hours": "130",
}


CLEANING: JsonObject = {
    **WELDING,
    "issuer": {"name": "Plainsmilk", "url": "https://plainsmilk.example"},
    "achievement": {
        "id": "https://plainsmilk.example/courses/cleaning-in-place",
        "name": "Cleaning in place for dairy plants",
        "description": "Cleaning closed pipework, and deciding when a plant may run again.",
        "criteria": "One observed cleaning of a plant.",
        "fieldOfStudy": "0721",
    },
    "credits": {"unit": "NZQCF", "amount": "10"},
    "hours": "100",
}
"""The course for one employer; at what level it is, the authority decides: see `at_level`."""

HOBBY: JsonObject = {
    **WELDING,
    "issuer": {"name": "Weld and Win", "url": "https://weldandwin.example"},
    "achievement": {
        "id": "https://weldandwin.example/courses/pipes",
        "name": "Pipes in a week-end",
        "description": "Two days of welding.",
        "criteria": "Attendance.",
        "fieldOfStudy": "0715",
    },
}


def at_level(request: JsonObject, code: str) -> JsonObject:
    """Ask for the same course at another level."""
    uri = f"urn:mcframework:nz-nzqcf:level:{code}"
    return {**request, "level": {**request["level"], "code": code, "uri": uri}}
