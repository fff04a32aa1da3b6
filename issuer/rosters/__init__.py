"""Rosters: who is to be awarded an achievement, read from CSV or XLSX before anything is issued."""

from issuer.rosters.columns import ColumnMapping, Field
from issuer.rosters.errors import RosterError, RosterFault
from issuer.rosters.files import csv_lines, fault_table, template
from issuer.rosters.limits import DEFAULT_ROSTER_LIMITS, RosterLimits
from issuer.rosters.reading import DryRun, checked_rows, dry_run, learners_of
from issuer.rosters.rows import RosterRow
from issuer.rosters.tables import Table, open_table
from service.mail.addresses import is_address

__all__ = [
    "DEFAULT_ROSTER_LIMITS",
    "ColumnMapping",
    "DryRun",
    "Field",
    "RosterError",
    "RosterFault",
    "RosterLimits",
    "RosterRow",
    "Table",
    "checked_rows",
    "csv_lines",
    "dry_run",
    "fault_table",
    "is_address",
    "learners_of",
    "open_table",
    "template",
]
