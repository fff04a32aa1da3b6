"""What is said about a plan, in Spanish; a draft, with the words of docs/translations.md."""

from __future__ import annotations

from frameworks.amounts import Decision
from stacking.lots import SourceClass
from stacking.planning import Outcome
from stacking.texts import Reason, Texts

_ASK_ISSUER = "Pida al emisor una credencial nueva que lo indique."
_ASK_INSTITUTION = "Pregunte a la institución que otorga el título qué conversión aplica."
_OTHER_CREDIT = "Use otros créditos, o pida una excepción a la institución que otorga el título."
_NEW_CREDENTIAL = "Pida al emisor una credencial nueva."

SPANISH = Texts(
    language="es",
    decimal_mark=",",
    is_one=lambda amount: amount == 1,
    headlines={
        Outcome.AWARD: "TÍTULO ALCANZADO",
        Outcome.NOT_YET: "TODAVÍA NO",
        Outcome.REFER: "UNA PERSONA DEBE RESOLVER",
    },
    summaries={
        Outcome.AWARD: "Los créditos alcanzan.",
        Outcome.NOT_YET: "Falta algo.",
        Outcome.REFER: "Depende de lo que no es seguro.",
    },
    decisions={
        Decision.PASS: "Se cumple",
        Decision.FAIL: "No se cumple",
        Decision.REFER: "No es seguro",
    },
    sources={
        SourceClass.TAUGHT: "cursos impartidos",
        SourceClass.TRANSFER: "créditos transferidos",
        SourceClass.RPL: "aprendizajes previos reconocidos",
    },
    nouns={
        "credit": ("crédito", "créditos"),
        "component": ("componente", "componentes"),
        "lot": ("parte", "partes"),
        "year": ("año", "años"),
    },
    phrases={
        # Amounts.
        "range": "de {low} a {high}",
        "between": "entre {low} y {high}",
        "more_than": "más de {low}",
        "part": "{used} de {amount}",
        # What a rule asks.
        "sum_least": "Al menos {least} en total",
        "sum_most": "Como máximo {most} en total",
        "sum_between": "Al menos {least} y como máximo {most} en total",
        "sum_exact": "Exactamente {least} en total",
        "at_level": "Al menos {least} exactamente en el nivel {level}",
        "at_or_above": "Al menos {least} en el nivel {level} o superior",
        "in_category": "Al menos {least} en la categoría «{category}»",
        "in_category_at": "Al menos {least} en la categoría «{category}», exactamente en el nivel "
        "{level}",
        "components_all": "Todos estos, cada uno entero: {components}",
        "components_some": "Al menos {count} de estos, cada uno entero: {components}",
        "residency": "Al menos {least} de la institución que otorga el título",
        "residency_of": "Al menos {least} de la institución que otorga el título: {classes}",
        "count_back": "Al menos {least} en total; contados desde el nivel más alto, el nivel en "
        "que "
        "se alcanzan es el del título",
        "cap": "Como máximo {most} de {selection}",
        "max_age_inclusive": "Antigüedad, para {selection}: otorgado como máximo {years} antes "
        "del "
        "{date}",
        "max_age_exclusive": "Antigüedad, para {selection}: otorgado menos de {years} antes del "
        "{date}",
        "min_grade": "Calificación, para {selection}: al menos {least} (escala, la más baja "
        "primero: {scale})",
        "min_assurance": "Clase de aseguramiento, para {selection}: al menos {least} (escala, la "
        "más "
        "baja primero: {scale})",
        "min_level": "Nivel, para {selection}: {level} o superior",
        "language_in": "Idioma, para {selection}: uno de {accepted}",
        "min_overlap": "Coincidencia, para {selection}: correspondencia con al menos {least} de "
        "los "
        "{count} resultados de aprendizaje que se piden",
        "exclusive_use": "Lo que sirve para otro título no cuenta, y lo que se usa aquí no sirve "
        "para ningún otro",
        "whole_lots_only": "Se usa entero o no se usa: {selection}",
        # Which lots are meant.
        "everything": "todos los créditos",
        "category": "en la categoría «{category}»",
        "awarding": "de la institución que otorga el título",
        "other": "de otras instituciones",
        # What is there.
        "counted": "Contado: {amount}",
        "counted_from": "Contado: {amount}, en {lots}",
        "missing": "Falta: {amount}",
        "perhaps_missing": "Quizá falta: hasta {amount}",
        "too_much": "Sobra: {amount}",
        "perhaps_too_much": "Quizá sobra: hasta {amount}",
        "gap": "falta {amount}",
        "gap_least": "falta al menos {amount}",
        "least": "al menos {amount}",
        "most": "como máximo {amount}",
        "exactly": "exactamente {amount}",
        # Lots.
        "level": "nivel {level}",
        "levels": "nivel {levels} (no es seguro cuál)",
        "level_or": " o ",
        "level_unknown": "nivel desconocido",
        "institution": "{institution}",
        "from": "de {institution}",
        "no_institution": "ninguna institución indicada",
        "other_institutions": "{count} instituciones más",
        "no_name": "(sin nombre)",
        "not_stated": "no indicado",
        "and_more": "y {count} más",
        # Headings and notes.
        "units": "Las cantidades están en: {unit}.",
        "framework": "Los niveles son los de: {framework}.",
        "award_level": "Nivel del título, contado hacia atrás: {level}.",
        "award_level_open": "El nivel del título, que se halla contando hacia atrás, no es seguro.",
        "credit_points": "Puntos de crédito, indicados junto a los créditos: {amount}.",
        "not_exhaustive": "Hay demasiadas maneras de usar los créditos para probarlas todas; "
        "quizá "
        "haya una mejor.",
        "asked": "Lo que pide el título",
        "conditions": "Condiciones sobre lo que cuenta",
        "by_level": "Créditos por nivel",
        "by_institution": "Créditos por institución",
        "used": "Lo que se usa",
        "unused": "Lo que cuenta y no se usa",
        "why_unused": "Con ello se pasaría un límite, o es parte de algo que se usa, o lo "
        "contiene.",
        "excluded": "Lo que no cuenta",
        "nothing": "Nada.",
        "to_do": "Qué hacer: {advice}",
        "legend_sure": "lleno: seguro",
        "legend_open": "rayado: no es seguro",
        "legend_bound": "línea: lo que se pide",
        "names": "Los nombres son los que indican las credenciales. Las fracciones exactas no se "
        "redondean.",
        # Columns of the table.
        "column_state": "Estado",
        "column_asked": "Lo que se pide",
        "column_counted": "Lo que hay",
        "column_missing": "Lo que falta",
        "column_mark": "Marca",
        "column_name": "Nombre",
        "column_amount": "Cantidad",
        "column_level": "Nivel",
        "column_institution": "Institución",
        "column_reason": "Por qué no, y qué hacer",
    },
    reasons={
        "DUPLICATE_DIGEST": Reason(
            "La misma credencial está dos veces, y cuenta una.", "No hay que hacer nada."
        ),
        "SAME_IN_OTHER_FORM": Reason(
            "Es la misma credencial en dos formas: su emisor otorga el mismo logro el mismo día "
            "por "
            "los mismos créditos en otra que está aquí. Las dos cuentan una vez.",
            "No hay que hacer nada, salvo que se hayan obtenido una después de la otra: pida "
            "entonces a la institución que las emitió que lo indique en sus fechas.",
        ),
        "LOT_REDEEMED": Reason(
            "Esta credencial, o algo que la contiene o es parte de ella, se gastó definitivamente "
            "en otro título.",
            "Use otros créditos, o pregunte a la institución que otorgó el otro título.",
        ),
        "LOT_IN_USE": Reason(
            "Esta credencial, o algo que la contiene o es parte de ella, sirve para otro título, "
            "y "
            "este no comparte con ningún otro.",
            "Decida para qué título debe servir, o use otros créditos.",
        ),
        "TOO_OLD": Reason(
            "Se otorgó el {awarded}, hace más tiempo del que permite el título.",
            "Pregunte a la institución que otorga el título si acepta evidencias más recientes.",
        ),
        "DATE_UNKNOWN": Reason(
            "El título pregunta su antigüedad, y no indica cuándo se otorgó.", _ASK_ISSUER
        ),
        "GRADE_BELOW_MIN": Reason(
            "Su calificación, {grade}, es más baja que la que pide el título.", _OTHER_CREDIT
        ),
        "GRADE_UNKNOWN": Reason(
            "El título pide una calificación de su escala; la calificación aquí: {grade}.",
            _ASK_ISSUER,
        ),
        "ASSURANCE_BELOW_MIN": Reason(
            "Poco respalda su nivel y sus créditos: su clase de aseguramiento, {assurance}, es "
            "más "
            "baja que la que pide el título.",
            "Pregunte al emisor si la autoridad del marco inscribe o recomienda el curso, y use "
            "el "
            "registro que lo dice.",
        ),
        "ASSURANCE_UNKNOWN": Reason(
            "El título pregunta qué respalda su nivel y sus créditos, y no se sabe (clase de "
            "aseguramiento: {assurance}).",
            "Use el registro que inscribe o recomienda el curso.",
        ),
        "LANGUAGE_NOT_ACCEPTED": Reason("El título no acepta cursos en su idioma.", _OTHER_CREDIT),
        "LANGUAGE_UNKNOWN": Reason(
            "El título pregunta en qué idioma fue el curso, y no lo indica.", _ASK_ISSUER
        ),
        "OVERLAP_BELOW_MIN": Reason(
            "Sus resultados de aprendizaje coinciden demasiado poco con los que pide el título.",
            _OTHER_CREDIT,
        ),
        "OVERLAP_UNKNOWN": Reason(
            "No corresponde a ningún resultado de aprendizaje, así que no se sabe su coincidencia.",
            _ASK_ISSUER,
        ),
        "LEVEL_BELOW_MIN": Reason(
            "Su nivel, {level}, es más bajo que el que pide el título.", _OTHER_CREDIT
        ),
        "LEVEL_INDETERMINATE": Reason(
            "Su nivel no se puede comparar con el que pide el título (nivel: {level}).",
            "Pida al emisor el nivel en el marco del título, o deje que resuelva la institución "
            "que "
            "otorga el título.",
        ),
        "NO_CONVERSION": Reason(
            "Está contada en {unit}, y nada dice cómo eso se convierte en {target}.",
            _ASK_INSTITUTION,
        ),
        "CONVERSION_NOT_REVERSIBLE": Reason(
            "Está contada en {unit}; solo se sabe cómo {target} se convierte en eso, y no al "
            "revés.",
            _ASK_INSTITUTION,
        ),
        "DECLARED_NOT_CONVERTIBLE": Reason(
            "Está contada en {unit}, que según se declara no se convierte en {target}.",
            _OTHER_CREDIT,
        ),
        "CONTACT_HOUR_UNIT": Reason(
            "De {unit} y {target}, una cuenta horas de enseñanza y la otra horas de aprendizaje; "
            "ninguna se convierte en la otra.",
            "Pregunte al emisor cuántas horas de aprendizaje hicieron falta en total.",
        ),
        "PER_YEAR_UNKNOWN": Reason(
            "No se sabe cuántos {unit} o {target} hacen un año completo, así que no se puede "
            "convertir.",
            _ASK_INSTITUTION,
        ),
        "UNIT_HOURS_UNKNOWN": Reason(
            "No se sabe cuántas horas hay detrás de {unit} o {target}, así que no se puede "
            "convertir.",
            _ASK_INSTITUTION,
        ),
        "ALREADY_CONVERTED": Reason(
            "Su cantidad ya es el resultado de una conversión, y no se convierte otra vez.",
            "Use la credencial original, con la cantidad en su propia unidad.",
        ),
        "UNIT_UNKNOWN": Reason(
            "Ningún registro en uso conoce la unidad de sus créditos.",
            "Use un registro que conozca la unidad, o pregunte al emisor de qué unidad se trata.",
        ),
        "CREDITS_UNKNOWN": Reason("No indica créditos.", _ASK_ISSUER),
        "CREDITS_NOT_EARNED": Reason(
            "Dice cuántos créditos hay, y no que se hayan obtenido.", _ASK_ISSUER
        ),
        "SEVERAL_SUBJECTS": Reason(
            "Trata de varias personas, así que no se sabe quién obtuvo qué.",
            "Pida al emisor una credencial solo suya.",
        ),
        "SUBJECT_UNKNOWN": Reason(
            "No dice con un identificador de quién trata.",
            "Pida al emisor una credencial que nombre a la persona con un identificador.",
        ),
        "OTHER_SUBJECT": Reason(
            "Trata de otra persona, o no dice de quién trata.",
            "Use las credenciales de una sola persona.",
        ),
        "EXPIRED": Reason("Está caducada.", "Pregunte al emisor si se puede renovar."),
        "NOT_YET_VALID": Reason(
            "Aún no es válida.", "Inténtelo otra vez cuando empiece su validez."
        ),
        "REVOKED": Reason("Su emisor la retiró.", "Pregunte al emisor por qué."),
        "SUSPENDED": Reason(
            "Su emisor la suspendió.", "Pregunte al emisor por qué, y hasta cuándo."
        ),
        "SIGNATURE_INVALID": Reason(
            "Su firma no vale: se cambió después de firmarla, o está dañada.",
            "Use el archivo original. " + _NEW_CREDENTIAL,
        ),
        "SHOWN_IN_PARTS": Reason(
            "Es un SD-JWT, que puede mostrar solo una parte de una credencial; en otra forma los "
            "mismos créditos podrían contarse otra vez.",
            "Use la insignia misma.",
        ),
    },
    unverified=Reason(
        "No se pudo verificar.", "Verifíquela por sí sola; el informe dice por qué y qué hacer."
    ),
)
