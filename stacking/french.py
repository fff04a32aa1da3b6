"""What is said about a plan, in French (Canada); a draft, with the words of "
"docs/translations.md."""

from __future__ import annotations

from frameworks.amounts import Decision
from stacking.lots import SourceClass
from stacking.planning import Outcome
from stacking.texts import Reason, Texts

_ASK_ISSUER = "Demandez à l’émetteur un nouveau titre qui l’indique."
_ASK_INSTITUTION = (
    "Demandez à l’établissement qui décerne le diplôme quelle conversion il applique."
)
_OTHER_CREDIT = (
    "Utilisez d’autres crédits, ou demandez une exception à l’établissement qui décerne le diplôme."
)
_NEW_CREDENTIAL = "Demandez un nouveau titre à l’émetteur."

FRENCH = Texts(
    language="fr-CA",
    decimal_mark=",",
    # In French what is below two is one: 1,5 crédit.
    is_one=lambda amount: amount < 2,
    headlines={
        Outcome.AWARD: "DIPLÔME ATTEINT",
        Outcome.NOT_YET: "PAS ENCORE",
        Outcome.REFER: "UNE PERSONNE DOIT STATUER",
    },
    summaries={
        Outcome.AWARD: "Les crédits suffisent.",
        Outcome.NOT_YET: "Il manque quelque chose.",
        Outcome.REFER: "Cela dépend de ce qui n’est pas certain.",
    },
    decisions={
        Decision.PASS: "Atteint",
        Decision.FAIL: "Non atteint",
        Decision.REFER: "Incertain",
    },
    sources={
        SourceClass.TAUGHT: "cours suivis",
        SourceClass.TRANSFER: "crédits transférés",
        SourceClass.RPL: "acquis reconnus",
    },
    nouns={
        "credit": ("crédit", "crédits"),
        "component": ("composante", "composantes"),
        "lot": ("élément", "éléments"),
        "year": ("an", "ans"),
    },
    phrases={
        # Amounts.
        "range": "de {low} à {high}",
        "between": "entre {low} et {high}",
        "more_than": "plus de {low}",
        "part": "{used} sur {amount}",
        # What a rule asks.
        "sum_least": "Au moins {least} en tout",
        "sum_most": "Au plus {most} en tout",
        "sum_between": "Au moins {least} et au plus {most} en tout",
        "sum_exact": "Exactement {least} en tout",
        "at_level": "Au moins {least} exactement au niveau {level}",
        "at_or_above": "Au moins {least} au niveau {level} ou au-dessus",
        "in_category": "Au moins {least} dans la catégorie «\u00a0{category}\u00a0»",
        "in_category_at": "Au moins {least} dans la catégorie «\u00a0{category}\u00a0», "
        "exactement au niveau "
        "{level}",
        "components_all": "Toutes celles-ci, chacune en entier\u00a0: {components}",
        "components_some": "Au moins {count} de celles-ci, chacune en entier\u00a0: {components}",
        "residency": "Au moins {least} de l’établissement qui décerne le diplôme",
        "residency_of": "Au moins {least} de l’établissement qui décerne le diplôme\u00a0: "
        "{classes}",
        "count_back": "Au moins {least} en tout; comptés à partir du niveau le plus élevé, le "
        "niveau où ils sont atteints est celui du diplôme",
        "cap": "Au plus {most} de {selection}",
        "max_age_inclusive": "Ancienneté, pour {selection}\u00a0: décerné au plus {years} avant "
        "{date}",
        "max_age_exclusive": "Ancienneté, pour {selection}\u00a0: décerné moins de {years} avant "
        "{date}",
        "min_grade": "Note, pour {selection}\u00a0: au moins {least} (échelle, la plus basse "
        "d’abord\u00a0: "
        "{scale})",
        "min_assurance": "Classe d’assurance, pour {selection}\u00a0: au moins {least} (échelle, "
        "la plus "
        "basse d’abord\u00a0: {scale})",
        "min_level": "Niveau, pour {selection}\u00a0: {level} ou au-dessus",
        "language_in": "Langue, pour {selection}\u00a0: l’une de {accepted}",
        "min_overlap": "Recoupement, pour {selection}\u00a0: correspondance avec au moins "
        "{least} des "
        "{count} résultats d’apprentissage demandés",
        "exclusive_use": "Ce qui sert à un autre diplôme ne compte pas, et ce qui est utilisé "
        "ici ne "
        "sert à aucun autre",
        "whole_lots_only": "Utilisé en entier ou pas du tout\u00a0: {selection}",
        # Which lots are meant.
        "everything": "tous les crédits",
        "category": "dans la catégorie «\u00a0{category}\u00a0»",
        "awarding": "de l’établissement qui décerne le diplôme",
        "other": "d’autres établissements",
        # What is there.
        "counted": "Compté\u00a0: {amount}",
        "counted_from": "Compté\u00a0: {amount}, en {lots}",
        "missing": "Il manque\u00a0: {amount}",
        "perhaps_missing": "Il manque peut-être\u00a0: jusqu’à {amount}",
        "too_much": "En trop\u00a0: {amount}",
        "perhaps_too_much": "Peut-être en trop\u00a0: jusqu’à {amount}",
        "gap": "il manque {amount}",
        "gap_least": "il manque au moins {amount}",
        "least": "au moins {amount}",
        "most": "au plus {amount}",
        "exactly": "exactement {amount}",
        # Lots.
        "level": "niveau {level}",
        "levels": "niveau {levels} (on ne sait pas lequel)",
        "level_or": " ou ",
        "level_unknown": "niveau inconnu",
        "institution": "{institution}",
        "from": "de {institution}",
        "no_institution": "aucun établissement indiqué",
        "other_institutions": "{count} autres établissements",
        "no_name": "(sans nom)",
        "not_stated": "non indiqué",
        "and_more": "et {count} de plus",
        # Headings and notes.
        "units": "Les quantités sont en\u00a0: {unit}.",
        "framework": "Les niveaux sont ceux de\u00a0: {framework}.",
        "award_level": "Niveau du diplôme, compté à rebours\u00a0: {level}.",
        "award_level_open": "Le niveau du diplôme, que l’on trouve en comptant à rebours, n’est "
        "pas "
        "certain.",
        "credit_points": "Points de crédit, indiqués à côté des crédits\u00a0: {amount}.",
        "not_exhaustive": "Il y a trop de façons d’utiliser les crédits pour toutes les essayer; "
        "une "
        "meilleure existe peut-être.",
        "asked": "Ce que le diplôme demande",
        "conditions": "Conditions sur ce qui compte",
        "by_level": "Crédits par niveau",
        "by_institution": "Crédits par établissement",
        "used": "Ce qui est utilisé",
        "unused": "Ce qui compte et n’est pas utilisé",
        "why_unused": "Une limite serait dépassée, ou c’est une partie de ce qui est utilisé, ou "
        "le "
        "contient.",
        "excluded": "Ce qui ne compte pas",
        "nothing": "Rien.",
        "to_do": "Que faire\u00a0: {advice}",
        "legend_sure": "plein\u00a0: certain",
        "legend_open": "hachuré\u00a0: incertain",
        "legend_bound": "trait\u00a0: ce qui est demandé",
        "names": "Les noms sont ceux qu’indiquent les titres. Les fractions exactes ne sont pas "
        "arrondies.",
        # Columns of the table.
        "column_state": "État",
        "column_asked": "Ce qui est demandé",
        "column_counted": "Ce qu’il y a",
        "column_missing": "Ce qui manque",
        "column_mark": "Repère",
        "column_name": "Nom",
        "column_amount": "Quantité",
        "column_level": "Niveau",
        "column_institution": "Établissement",
        "column_reason": "Pourquoi non, et que faire",
    },
    reasons={
        "DUPLICATE_DIGEST": Reason(
            "Le même titre s’y trouve deux fois et compte une fois.", "Il n’y a rien à faire."
        ),
        "SAME_IN_OTHER_FORM": Reason(
            "C’est le même titre sous deux formes\u00a0: son émetteur décerne la même "
            "réalisation le même "
            "jour pour les mêmes crédits dans un autre qui s’y trouve. Les deux comptent une "
            "fois.",
            "Il n’y a rien à faire, sauf si l’un a été obtenu après l’autre\u00a0: demandez "
            "alors à "
            "l’établissement qui les a délivrés de l’indiquer par leurs dates.",
        ),
        "LOT_REDEEMED": Reason(
            "Ce titre, ou ce qui le contient ou en fait partie, a servi pour de bon à un autre "
            "diplôme.",
            "Utilisez d’autres crédits, ou demandez à l’établissement qui a décerné l’autre "
            "diplôme.",
        ),
        "LOT_IN_USE": Reason(
            "Ce titre, ou ce qui le contient ou en fait partie, sert à un autre diplôme, et "
            "celui-ci "
            "ne partage avec aucun autre.",
            "Décidez à quel diplôme il doit servir, ou utilisez d’autres crédits.",
        ),
        "TOO_OLD": Reason(
            "Il a été décerné le {awarded}, il y a plus longtemps que le diplôme ne le permet.",
            "Demandez à l’établissement qui décerne le diplôme s’il accepte des preuves plus "
            "récentes.",
        ),
        "DATE_UNKNOWN": Reason(
            "Le diplôme demande son ancienneté, et il n’indique pas quand il a été décerné.",
            _ASK_ISSUER,
        ),
        "GRADE_BELOW_MIN": Reason(
            "Sa note, {grade}, est plus basse que celle que demande le diplôme.", _OTHER_CREDIT
        ),
        "GRADE_UNKNOWN": Reason(
            "Le diplôme demande une note de son échelle; la note ici\u00a0: {grade}.", _ASK_ISSUER
        ),
        "ASSURANCE_BELOW_MIN": Reason(
            "Trop peu de choses appuient son niveau et ses crédits\u00a0: sa classe d’assurance, "
            "{assurance}, est plus basse que celle que demande le diplôme.",
            "Demandez à l’émetteur si l’autorité du cadre inscrit ou approuve le cours, et "
            "utilisez "
            "le registre qui le dit.",
        ),
        "ASSURANCE_UNKNOWN": Reason(
            "Le diplôme demande ce qui appuie son niveau et ses crédits, et on ne le sait pas "
            "(classe d’assurance\u00a0: {assurance}).",
            "Utilisez le registre qui inscrit ou approuve le cours.",
        ),
        "LANGUAGE_NOT_ACCEPTED": Reason(
            "Le diplôme n’accepte pas de cours dans sa langue.", _OTHER_CREDIT
        ),
        "LANGUAGE_UNKNOWN": Reason(
            "Le diplôme demande dans quelle langue était le cours, et il ne l’indique pas.",
            _ASK_ISSUER,
        ),
        "OVERLAP_BELOW_MIN": Reason(
            "Ses résultats d’apprentissage recoupent trop peu ceux que demande le diplôme.",
            _OTHER_CREDIT,
        ),
        "OVERLAP_UNKNOWN": Reason(
            "Il ne correspond à aucun résultat d’apprentissage; son recoupement est donc inconnu.",
            _ASK_ISSUER,
        ),
        "LEVEL_BELOW_MIN": Reason(
            "Son niveau, {level}, est plus bas que celui que demande le diplôme.", _OTHER_CREDIT
        ),
        "LEVEL_INDETERMINATE": Reason(
            "Son niveau ne se compare pas à celui que demande le diplôme (niveau\u00a0: {level}).",
            "Demandez à l’émetteur le niveau dans le cadre du diplôme, ou laissez l’établissement "
            "qui décerne le diplôme statuer.",
        ),
        "NO_CONVERSION": Reason(
            "Il est compté en {unit}, et rien ne dit comment cela devient {target}.",
            _ASK_INSTITUTION,
        ),
        "CONVERSION_NOT_REVERSIBLE": Reason(
            "Il est compté en {unit}; on sait seulement comment {target} devient cela, et non "
            "l’inverse.",
            _ASK_INSTITUTION,
        ),
        "DECLARED_NOT_CONVERTIBLE": Reason(
            "Il est compté en {unit}, dont il est déclaré que cela ne devient pas {target}.",
            _OTHER_CREDIT,
        ),
        "CONTACT_HOUR_UNIT": Reason(
            "De {unit} et {target}, l’un compte des heures d’enseignement et l’autre des heures "
            "d’apprentissage; aucun ne devient l’autre.",
            "Demandez à l’émetteur combien d’heures d’apprentissage il a fallu en tout.",
        ),
        "PER_YEAR_UNKNOWN": Reason(
            "On ne sait pas combien de {unit} ou de {target} font une année complète; on ne peut "
            "donc pas convertir.",
            _ASK_INSTITUTION,
        ),
        "UNIT_HOURS_UNKNOWN": Reason(
            "On ne sait pas combien d’heures sont derrière {unit} ou {target}; on ne peut donc "
            "pas "
            "convertir.",
            _ASK_INSTITUTION,
        ),
        "ALREADY_CONVERTED": Reason(
            "Sa quantité est elle-même le résultat d’une conversion et ne se convertit pas de "
            "nouveau.",
            "Utilisez le titre d’origine, avec la quantité dans sa propre unité.",
        ),
        "UNIT_UNKNOWN": Reason(
            "Aucun registre utilisé ne connaît l’unité de ses crédits.",
            "Utilisez un registre qui connaît l’unité, ou demandez à l’émetteur de quelle unité "
            "il "
            "s’agit.",
        ),
        "CREDITS_UNKNOWN": Reason("Il n’indique pas de crédits.", _ASK_ISSUER),
        "CREDITS_NOT_EARNED": Reason(
            "Il indique combien de crédits il y a, et non qu’ils ont été obtenus.", _ASK_ISSUER
        ),
        "SEVERAL_SUBJECTS": Reason(
            "Il porte sur plusieurs personnes; on ne sait donc pas qui a obtenu quoi.",
            "Demandez à l’émetteur un titre à votre seul nom.",
        ),
        "SUBJECT_UNKNOWN": Reason(
            "Il n’indique pas par un identifiant sur qui il porte.",
            "Demandez à l’émetteur un titre qui nomme la personne par un identifiant.",
        ),
        "OTHER_SUBJECT": Reason(
            "Il porte sur une autre personne, ou n’indique pas sur qui il porte.",
            "Utilisez les titres d’une seule personne.",
        ),
        "EXPIRED": Reason("Il est expiré.", "Demandez à l’émetteur s’il peut être renouvelé."),
        "NOT_YET_VALID": Reason(
            "Il n’est pas encore valide.", "Recommencez quand sa validité aura débuté."
        ),
        "REVOKED": Reason("Son émetteur l’a retiré.", "Demandez à l’émetteur pourquoi."),
        "SUSPENDED": Reason(
            "Son émetteur l’a suspendu.", "Demandez à l’émetteur pourquoi, et jusqu’à quand."
        ),
        "SIGNATURE_INVALID": Reason(
            "Sa signature n’est pas valable\u00a0: il a été modifié après la signature, ou "
            "endommagé.",
            "Utilisez le fichier d’origine. " + _NEW_CREDENTIAL,
        ),
        "SHOWN_IN_PARTS": Reason(
            "C’est un SD-JWT, qui peut ne montrer qu’une partie d’un titre; sous une autre forme, "
            "les mêmes crédits pourraient compter de nouveau.",
            "Utilisez le badge lui-même.",
        ),
    },
    unverified=Reason(
        "Il n’a pas pu être vérifié.",
        "Vérifiez-le seul; le rapport dit pourquoi, et que faire.",
    ),
)
