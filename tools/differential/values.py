"""Names and values that have confused readers of JSON-LD, for the changes of the corpus."""

from __future__ import annotations

from credentials.json_types import JsonValue

TERMS = (
    *("id", "type", "name", "description", "achievement", "Achievement", "criteria", "alignment"),
    *("image", "Image", "address", "Profile", "credentialSubject", "proof", "result", "tag"),
    *("evidence", "allowedValue", "resultDescription", "validUntil", "creditsEarned", "related"),
    *("verifiableCredential", "endorsement", "EndorsementCredential", "AchievementSubject"),
    *("VerifiableCredential", "OpenBadgeCredential", "source", "creator", "otherIdentifier"),
    *("unknownTerm", "schema:name", "https://schema.org/name", "urn:a b", "xsd:date", "_:b0"),
    *("", "id ", "@foo", "@id", "@type", "toString", "__proto__", "constructor"),
)
TYPES = (
    *("Profile", "Achievement", "Evidence", "Alignment", "Criteria", "Image", "IdentityObject"),
    *("VerifiableCredential", "OpenBadgeCredential", "AchievementSubject", "Result", "Address"),
    *("VerifiablePresentation", "ResultDescription", "DataIntegrityProof", "urn:x:Type"),
)
"""Classes that most of the documents know."""

CONTEXTS = (
    "https://purl.imsglobal.org/spec/clr/v2p0/context-2.0.1.json",
    "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.1.json",
    "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.2.json",
    "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
    "https://purl.imsglobal.org/spec/ob/v3p0/context.json",
    "https://purl.imsglobal.org/spec/ob/v3p0/context/ob_v3p0.jsonld",
    "https://purl.imsglobal.org/spec/ob/v3p0/extensions.json",
    "https://w3id.org/security/data-integrity/v1",
    "https://w3id.org/security/data-integrity/v2",
    "https://w3id.org/security/multikey/v1",
    "https://w3id.org/security/suites/ed25519-2020/v1",
    "https://w3id.org/vc/status-list/2021/v1",
    "https://www.w3.org/2018/credentials/v1",
    "https://www.w3.org/ns/credentials/examples/v2",
    "https://www.w3.org/ns/credentials/status/v1",
    "https://www.w3.org/ns/credentials/v2",
    "https://www.w3.org/ns/did/v1",
)
"""Pinned contexts; written out, so that the corpus stays as it is when more are pinned."""

FORMS: tuple[tuple[str, JsonValue], ...] = (
    *(("@id", "urn:x:1"), ("@type", "urn:x:Type"), ("@type", []), ("@graph", []), ("@index", "1")),
    ("@graph", [{"id": "urn:x:g", "type": "urn:x:T"}]),
    ("@graph", {"name": "A", "type": "urn:x:T"}),
    ("@reverse", {"issuer": {"id": "urn:x:2"}}),
    ("@reverse", {}),
    ("@nest", {"name": "nested"}),
    ("@included", [{"id": "urn:x:3", "type": "urn:x:T"}]),
    *(("@set", ["a"]), ("@list", ["a"]), ("@value", "a"), ("@language", "en"), ("@base", "urn:x")),
    *(("@direction", "ltr"), ("@json", {}), ("@none", "a"), ("@vocab", "urn:x:"), ("@import", "u")),
    *(("@context", []), ("@context", None), ("@context", {}), ("@propagate", False)),
)
"""Members that are keywords, put where they do not belong or seldom stand."""

OBJECTS: tuple[JsonValue, ...] = (
    {"@value": "Mot", "@language": "fr"},
    {"@value": "a", "@type": "xsd:date"},
    {"@value": "a", "@type": "https://example.org/t"},
    {"@value": "a", "@type": "@json"},
    {"@value": {"b": [1, 2.5, "\u007f"]}, "@type": "@json"},
    {"@value": "a", "@index": "i"},
    *({"@value": value} for value in (5, True, None, 1e21, 0.1, [], {})),
    *({"@list": items} for items in ([], ["a"], ["a", "a"], [["a"], []], [{"id": "urn:x"}, 1])),
    *({"@set": items} for items in ([], ["a"], [{"@set": ["b"]}])),
    {"id": "urn:x"},
    {"id": "urn:x", "type": "Achievement"},
    {"id": "urn:x", "type": ["Profile", "Achievement"], "name": "A"},
    {"type": "Image", "id": "urn:i", "caption": "A"},
    {"type": ["ResultDescription"], "allowedValue": ["A", "B"], "id": "urn:r"},
    {"allowedValue": ["A", "B"]},
    {"@context": "https://www.w3.org/ns/credentials/v2", "name": "A"},
    {"@graph": [{"name": "A"}]},
    {"@id": "urn:x"},
    {"@type": "urn:x:T"},
)
PLAIN: tuple[JsonValue, ...] = (
    *(None, True, False, "", "a", " ", "urn:x", "relative", "@id", "id", "type", "xsd:date"),
    *("https://example.org/\u00e9", "2026-01-01T00:00:00Z", "Caf\u00e9", "Achievement"),
    *([], {}, [[]], [["a"]], [None], ["a", "b"], ["a", "a"], [{}], ["urn:x", {"id": "urn:y"}]),
)
NUMBERS: tuple[JsonValue, ...] = (
    *(0, 1, -1, 5, 20, 100, 2.5, -2.5, 0.1, 7.50, 1.0, -0.0, 0.0, 1e2, 99.95),
    *(2**53 - 1, 2**53, 2**53 + 1, -(2**53) - 1, 10**18, 10**20, 10**21, 10**22, 10**30),
    *(1e21, 1e20, 1e22, 1.5e300, 1e-5, 1e-6, 1e-7, 1e-10, 5e-324, 1.7976931348623157e308),
    *(3.141592653589793, 0.30000000000000004, 123456789.123456789, 1.1e15, 1.1e16, 4.35),
)
CHARACTERS = (
    *("\x00", "\x01", "\x07", "\b", "\t", "\n", "\x0b", "\f", "\r", "\x1b", "\x1f", "\x7f"),
    *("\x80", "\x85", "\xa0", "\xad", "\u200b", "\u2028", "\u2029", "\u202e", "\ufeff"),
    *("\ufdd0", "\ufffd", "\ufffe", "\uffff", "\ud800", "\udfff", "\ue000"),
    *("\U0001f600", "\U0001fffe", "\U0010ffff", "e\u0301", "\u00e9", "\u05d0", '"', "\\", "<", ">"),
    *("\\u0041", "\\n", "'", "{", "|", "^", "`", "%20", "\u0130", "\u00df", "\u1e9e"),
)
LANGUAGES: tuple[JsonValue, ...] = (
    *("en", "fr-CA", "FR-ca", "EN", "zh-Hant-TW", "de-1996", "x-private", "sl-rozaj-biske-1994"),
    *("", "e", "en-", "not a tag", "123", "en_US", "toolonglanguage", "en-toolongsubtag", "\u00e9"),
    *("i-klingon", "a-b-c", "en-a", None, 5, ["en"]),
)
DIRECTIONS: tuple[JsonValue, ...] = ("ltr", "rtl", "LTR", "up", "", None, 1, ["ltr"])
IDENTIFIERS: tuple[JsonValue, ...] = (
    *("urn:x:1", "https://example.org/a", "https://example.org/a b", "https://example.org/<>"),
    *('urn:x:"', "urn:x:\\", "urn:x:{}", "urn:x:|", "urn:x:^", "urn:x:`", "urn:x:\n", "urn:x:\x00"),
    *("https://example.org/\u00e9", "https://example.org/\ue000", "https://\u00e9.example/", "x"),
    *("relative/path", "../up", "#fragment", "?query", "//host/path", "/root", "", ":", "a:", ":a"),
    *(
        "1a:b",
        "a+b:c",
        "urn:",
        "urn:x:\ud800",
        "urn:x:\ufffe",
        "urn:x:\x7f",
        "urn:x:%zz",
        "urn:x#a#b",
    ),
    *("_:b0", "_:", "_:a b", "_:c14n0", "@id", "@foo", "schema:name", "xsd:x", "cred:issuer"),
    *("mailto:a@example.org", "data:,a", "did:web:a.example", "http://[", "http://[::1]/", None, 5),
    *([], ["urn:x:1"], {}, {"id": "urn:x"}, True),
)
INLINE_CONTEXTS: tuple[JsonValue, ...] = (
    {"name2": "https://schema.org/name"},
    {"unknownTerm": "urn:x:unknown"},
    {"unknownTerm": {"@id": "urn:x:u", "@type": "xsd:date"}},
    {"unknownTerm": {"@id": "urn:x:u", "@type": "@id"}},
    {"unknownTerm": {"@id": "urn:x:u", "@container": "@list"}},
    {"unknownTerm": {"@id": "urn:x:u", "@container": "@language"}},
    {"unknownTerm": {"@reverse": "urn:x:u"}},
    {"unknownTerm": {"@id": "urn:x:u", "@language": "de"}},
    {"unknownTerm": {"@id": "urn:x:u", "@type": "@json"}},
    {"ex": "https://example.org/ns#", "unknownTerm": "ex:u"},
    *({"@vocab": "urn:x:vocab#"}, {"@vocab": None}, {"@vocab": ""}, {"@base": "urn:x:"}),
    *({"@language": "nl"}, {"@direction": "rtl"}, {"@language": "no tag"}, {"@version": 1.1}),
    *({"@version": 1.0}, {"@propagate": False}, {"@protected": True}, {"@import": "urn:x"}),
    {"name": "urn:x:name"},
    {"type": "urn:x:type"},
    {"unknownTerm": "relative"},
    {"unknownTerm": None},
    {"unknownTerm": "_:b1"},
)
