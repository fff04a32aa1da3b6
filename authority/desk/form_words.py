"""What the form of a course asks for, field by field, in words for whoever fills it in."""

from __future__ import annotations

from service.pages import N_, gettext

PARTICIPATION = {
    "online": N_("online"),
    "onsite": N_("on site"),
    "blended": N_("both on site and online"),
    "work-based": N_("at work"),
}
"""Forms of participation, as the description of a course names them."""

ADDRESS = N_(
    "An address is a DID, URL or URN without spaces, such as https://school.example/courses/1."
)
COUNTRY = N_("A country is written with two capital letters, such as NZ.")
HOURS = N_("Hours are a number, such as 40 or 7.5.")
MONEY = N_("An amount of money is a number, such as 450.00.")
CURRENCY = N_("Name the currency with three capital letters, such as NZD.")

ASKED = {
    "title": N_("Enter the title of the course."),
    "id": ADDRESS,
    "framework": N_("Choose a framework."),
    "outcomes": N_(
        "Outcomes, line %(number)s: write the level, a bar, the hours, a bar, and what learners "
        "can do, such as: 4 | 60 | Test milk for antibiotics"
    ),
    "hours_taught": HOURS,
    "hours_directed": HOURS,
    "hours_self_study": HOURS,
    "hours_work_based": HOURS,
    "hours_assessment": HOURS,
    "credits_amount": N_("Credits are a number, such as 10 or 7.5."),
    "credits_unit": N_("Choose the unit of the credits."),
    "developer_name": N_("Name the developer, too."),
    "developer_country": COUNTRY,
    "developer_id": ADDRESS,
    "employer_name": N_("Name the employer, too."),
    "employer_country": COUNTRY,
    "employer_id": ADDRESS,
    "providers": N_(
        "Providers, line %(number)s: write a DID or URL, a bar, and a name, such as: "
        "https://school.example | The school"
    ),
    "language": N_("A language is written as a tag, such as en or fr-CA."),
    "field": N_("A field of study is written with 2 to 4 digits of ISCED-F, such as 0715."),
    "review": N_("Enter the day as in 2026-11-30."),
    "participation": N_("Choose one of the forms of participation."),
    "assessments": N_(
        "Assessments, line %(number)s: write the type, yes or no, yes or no, and a description, "
        "with bars between, such as: practical | yes | yes | A test in the plant"
    ),
    "quality_assurance_type": N_("Say what kind of quality assurance there is."),
    "cost_amount": MONEY,
    "cost_currency": CURRENCY,
    "subsidy_amount": MONEY,
    "subsidy_currency": CURRENCY,
}
"""What each field asks for, said where it is not so."""

COMPLETED_BY = {
    "credits": "credits_unit",
    "quality_assurance": "quality_assurance_type",
    "developer": "developer_name",
    "employer": "employer_name",
    "cost": "cost_currency",
    "subsidy": "subsidy_currency",
}
"""Which field is asked for where a group is not whole."""


def asked_words(field: str, line: int, otherwise: str) -> str:
    """Say what a field asks for; `line` counts in a field with several, from 1."""
    text = ASKED.get(field)
    return otherwise if text is None else gettext(text, number=line)
