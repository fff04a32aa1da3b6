"""Lists of skills that institutions bring along: read from a file, all of it or nothing."""

from issuer.skills.errors import SkillFault, SkillFileError, SkillRowsError
from issuer.skills.limits import (
    FAULTS_TOLD,
    SKILL_FILE_BYTES,
    SKILL_LISTS,
    SKILL_ROWS,
)
from issuer.skills.reading import SkillsRead, is_line, is_text, read_skills, require_origin
from issuer.skills.skill import ALIGNMENT_TYPES, Skill, SkillText

__all__ = [
    "ALIGNMENT_TYPES",
    "FAULTS_TOLD",
    "SKILL_FILE_BYTES",
    "SKILL_LISTS",
    "SKILL_ROWS",
    "Skill",
    "SkillFault",
    "SkillFileError",
    "SkillRowsError",
    "SkillText",
    "SkillsRead",
    "is_line",
    "is_text",
    "read_skills",
    "require_origin",
]
