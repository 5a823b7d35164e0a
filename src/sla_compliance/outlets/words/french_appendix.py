"""The sentences of a document's appendix in French: data quality, doubt, what would settle it, method."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from sla_compliance.outlets.words.catalogue import Sentences

FRENCH_APPENDIX: Final[Sentences] = MappingProxyType(
    {
        # Data quality.
        "heading_quality": "Qualité des données",
        "quality_none": "Il n’y a rien à signaler sur les lignes à l’origine des chiffres.",
        "about": "environ {number}",
        "quality_row": "{sentence} : {row}",
        "quality_first_row": "{sentence}, la première étant : {row}",
        "quality_no_name": "aucun nom conservé",
        "some_downtime": "{length} d’indisponibilité",
        "without_downtime": "aucune indisponibilité",
        "other_exclusions": "d’autres exclusions",
        "quality_bad_row": {"one": "{count} ligne fautive écartée", "other": "{count} lignes fautives écartées"},
        "quality_assumed_end": {
            "one": "{count} alarme close ou résolue sans heure, terminée à sa dernière observation",
            "other": "{count} alarmes closes ou résolues sans heure, terminées à leur dernière observation",
        },
        "quality_raised_in_1970": {
            "one": "{count} alarme déclenchée le 1970-01-01 par une horloge jamais réglée, comptée",
            "other": "{count} alarmes déclenchées le 1970-01-01 par une horloge jamais réglée, comptées",
        },
        "quality_overwritten_severity": {
            "one": "{count} ligne dont la gravité a été remplacée par « cleared », écartée bien qu’autrefois une panne",
            "other": (
                "{count} lignes dont la gravité a été remplacée par « cleared », écartées bien qu’autrefois des pannes"
            ),
        },
        "quality_clamped_share": {
            "one": "{count} part mesurée hors de 0-100 %, ramenée à la limite",
            "other": "{count} parts mesurées hors de 0-100 %, ramenées à la limite",
        },
        "quality_open_alarm": {
            "one": "{count} alarme ouverte et observée depuis moins de 7 jours",
            "other": "{count} alarmes ouvertes et observées depuis moins de 7 jours",
        },
        "quality_unknown_last_sight": {
            "one": "{count} alarme ouverte dont la dernière observation est inconnue",
            "other": "{count} alarmes ouvertes dont la dernière observation est inconnue",
        },
        "quality_stale_alarm": {
            "one": (
                "{count} alarme ouverte et non observée depuis 7 jours cause à elle seule {downtime} en temps convenu"
            ),
            "other": (
                "{count} alarmes ouvertes et non observées depuis 7 jours causent à elles seules {downtime}"
                " en temps convenu"
            ),
        },
        "quality_keyless_in_doubt": {
            "one": "{count} ligne sans clé, douteuse pour chaque clé : {downtime}",
            "other": "{count} lignes sans clé, douteuses pour chaque clé : {downtime}",
        },
        "quality_keyless_of_everybody": {
            "one": "{count} ligne sans clé, comptée pour chaque clé : {downtime}",
            "other": "{count} lignes sans clé, comptées pour chaque clé : {downtime}",
        },
        "quality_keyless_of_nobody": {
            "one": "{count} ligne sans clé, comptée pour aucune clé : {downtime}",
            "other": "{count} lignes sans clé, comptées pour aucune clé : {downtime}",
        },
        "quality_cut_date": "le {name} ne compte pas dans les totaux : des lignes de son début ont été purgées",
        "quality_cut_date_unnamed": {
            "one": "{count} autre date ne compte pas dans les totaux : des lignes ont été purgées",
            "other": "{count} autres dates ne comptent pas dans les totaux : des lignes ont été purgées",
        },
        "quality_assumption": "{name}",
        "quality_assumption_unnamed": {"one": "{count} autre hypothèse", "other": "{count} autres hypothèses"},
        "quality_corrected": "corrigé à la main : {name}",
        "quality_corrected_unnamed": {
            "one": "corrigé à la main : {count} autre valeur",
            "other": "corrigé à la main : {count} autres valeurs",
        },
        "quality_unused_correction": "correction sans effet : {name}",
        "quality_unused_correction_unnamed": {
            "one": "sans effet : {count} autre correction",
            "other": "sans effet : {count} autres corrections",
        },
        "quality_legacy": "noté lors de l’enregistrement d’un jour : {name}",
        "quality_legacy_unnamed": {
            "one": "noté lors de l’enregistrement de jours : {count} autre fait",
            "other": "noté lors de l’enregistrement de jours : {count} autres faits",
        },
        "quality_unmatched_exclusion": "{name} ne peut correspondre à aucune alarme ici",
        "quality_unmatched_exclusion_unnamed": {
            "one": "{count} autre exclusion ne peut correspondre à aucune alarme ici",
            "other": "{count} autres exclusions ne peuvent correspondre à aucune alarme ici",
        },
        "quality_refused_work": "n’excuse rien : {name}",
        "quality_refused_work_unnamed": {
            "one": "n’excuse rien : {count} autre travail planifié",
            "other": "n’excusent rien : {count} autres travaux planifiés",
        },
        "quality_late_work": "excuse bien que tardif : {name}",
        "quality_late_work_unnamed": {
            "one": "excuse bien que tardif : {count} autre travail planifié",
            "other": "excusent bien que tardifs : {count} autres travaux planifiés",
        },
        "quality_targeted_exclusion": {
            "one": "{exclusion} a retiré {count} alarme pour {length}",
            "other": "{exclusion} a retiré {count} alarmes pour {length}",
        },
        "quality_targeted_exclusion_at_least": {
            "one": "{exclusion} a retiré au moins {count} alarme pour {length}",
            "other": "{exclusion} a retiré au moins {count} alarmes pour {length}",
        },
        "quality_later": {
            "one": "{count} note du genre {code}, qu’une version ultérieure explique",
            "other": "{count} notes du genre {code}, qu’une version ultérieure explique",
        },
        # Doubt.
        "caption_doubts": "Ce qui est incertain",
        "caption_settle": "Ce qui est à régler",
        "doubt_cause": "Incertain",
        "doubt_rows": "Lignes",
        "at_most": "Au plus",
        "doubt_bounds": "la disponibilité est comprise entre {low} et {high}",
        "doubt_unmonitored": "temps sans surveillance",
        "doubt_unseen": {
            "one": "alarme ouverte et non observée depuis 7 jours",
            "other": "alarmes ouvertes et non observées depuis 7 jours",
        },
        "doubt_cut_off": {
            "one": "alarme ouverte et longtemps non observée, terminée à sa dernière observation",
            "other": "alarmes ouvertes et longtemps non observées, terminées à leur dernière observation",
        },
        "doubt_undated": {"one": "alarme terminée sans heure", "other": "alarmes terminées sans heure"},
        "doubt_set_aside": {
            "one": "ligne écartée qui peut compter",
            "other": "lignes écartées qui peuvent compter",
        },
        "doubt_disagreeing": {
            "one": "ligne d’un même identifiant qui se chevauche et se contredit",
            "other": "lignes d’un même identifiant qui se chevauchent et se contredisent",
        },
        "doubt_overwritten": {
            "one": "ligne dont la gravité a été remplacée par « cleared »",
            "other": "lignes dont la gravité a été remplacée par « cleared »",
        },
        "doubt_unkeyed": {"one": "ligne sans clé", "other": "lignes sans clé"},
        "doubt_no_start": {
            "one": "ligne écartée sans début lisible : une panne de n’importe quand",
            "other": "lignes écartées sans début lisible : des pannes de n’importe quand",
        },
        "doubt_not_read": "jours enregistrés avant que le doute ne soit conservé",
        "doubt_no_rows": "aucune ligne n’a été lue",
        "doubt_no_down": (
            "aucune ligne du journal ne dit « en panne » ; indiquez ses mots de marche pour confirmer la disponibilité"
        ),
        # What would settle it.
        "point_subject": "À régler",
        "point_advice": "Ce qui le réglerait",
        "point_reading": "Ce que dit la ligne",
        "points_more": {"one": "et {count} autre à régler", "other": "et {count} autres à régler"},
        "subject_unmonitored": "temps sans surveillance",
        "subject_not_read": "jours enregistrés avant que le doute ne soit conservé",
        "subject_no_rows": "aucune ligne",
        "subject_no_down": "le journal des changements d’état",
        "subject_unnamed": {"one": "{count} autre ligne", "other": "{count} autres lignes"},
        "subject_without_id": {"one": "{count} ligne sans identifiant", "other": "{count} lignes sans identifiant"},
        "settle_unmonitored": "le service fonctionnait-il pendant qu’il n’était pas surveillé ?",
        "settle_not_read": "mesurer à nouveau ces jours à partir de leurs lignes",
        "settle_no_rows": "le service était-il sans faute, ou l’export a-t-il échoué ?",
        "settle_no_down": "indiquer ses mots de marche pour confirmer la disponibilité",
        "settle_unseen": "ouverte et non observée depuis 7 jours : quand s’est-elle terminée ?",
        "settle_cut_off": (
            "ouverte et longtemps non observée, terminée à la dernière observation : quand s’est-elle terminée ?"
        ),
        "settle_undated": "terminée sans heure : quand s’est-elle terminée ?",
        "settle_set_aside": "écartée comme ligne fautive : quand était-ce, et de quelle gravité ?",
        "settle_disagreeing": "les lignes d’un même identifiant se contredisent : quand était-ce ?",
        "settle_overwritten": "gravité remplacée par « cleared » : quelle était-elle ?",
        "settle_no_start": "écartée sans début : quand était-ce ?",
        "settle_unkeyed": "ne nomme aucune clé : à qui est-elle ?",
        "settle_without_id": "donner des identifiants aux lignes, pour que des corrections puissent les nommer",
        # Method.
        "heading_method": "Méthode",
        "method_sentence": "Disponibilité = marche / (marche + panne), arrondie vers le bas ; {method}.",
        "method_down": "en panne tant qu’une alarme {severities} est active",
        "severity_critical": "critique",
        "severity_major": "majeure",
        "severity_minor": "mineure",
        "severity_warning": "d’avertissement",
        "severity_info": "d’information",
        "severity_indeterminate": "de gravité indéterminée",
        "severity_cleared": "terminée",
        "method_or": " ou ",
        "method_merged": "intervalles de moins de {length} fusionnés",
        "method_dropped": "pannes de moins de {length} ignorées",
        "method_stale": "alarmes non observées pendant {length} terminées à la dernière observation",
        "accounting_removed": "maintenance et exclusions non comptées",
        "accounting_planned_downtime_removed": "indisponibilité en maintenance et en exclusion non comptée",
        "accounting_excused": "maintenance comptée comme marche, exclusions non comptées",
        "accounting_counted": "maintenance comptée comme tout autre temps, exclusions non comptées",
        "accounting_gross": "sans exclusions, dans les heures convenues",
        "accounting_custom": "temps compté selon un mode de calcul particulier",
        "method_name": "Élément",
        "method_value": "Valeur",
        "method_days": "Jours de",
        "method_zone_rules": "Règles de fuseau",
        "method_as_of": "État au",
        "method_accounting": "Mode de calcul",
        "method_policy": "Convention",
        "method_input_digest": "Empreinte des données",
        "method_no_digest": "inconnue : les jours enregistrés ne disent pas de quelles lignes ils sont issus",
        "method_statement": "Déclaration",
        "method_statement_digest": "Empreinte de la déclaration",
        "method_supersedes": "Remplace",
        "method_corrections": "Corrections",
        "method_some_corrected": "Des données ont été corrigées à la main (voir {section}).",
        "statement_final": "n° {number}, établie le {instant} par {author}",
        "statement_provisional": "n° {number}, provisoire, établie le {instant} par {author}",
        "statement_supersedes": "n° {number} : {reason}",
    }
)
