"""Achievements as institutions design them: definitions, checks, versions, tables, requests.

Nothing here reads a file, a clock or a database; whoever keeps definitions brings them along.
"""

from issuer.achievements.checking import Check, CheckedDefinition, Weight, check_definition
from issuer.achievements.csv_form import RowFault, TableError, from_csv, to_csv
from issuer.achievements.definition import AchievementDefinition, DefinitionError
from issuer.achievements.issuing import NotIssuableError, issuance_request, valid_until
from issuer.achievements.versions import PublishedVersion, VersionError, publish

__all__ = [
    "AchievementDefinition",
    "Check",
    "CheckedDefinition",
    "DefinitionError",
    "NotIssuableError",
    "PublishedVersion",
    "RowFault",
    "TableError",
    "VersionError",
    "Weight",
    "check_definition",
    "from_csv",
    "issuance_request",
    "publish",
    "to_csv",
    "valid_until",
]
