"""The sentences of a document in French."""
################################################################
# What comes from rows, from people, or from the reader of rows stands as it was
# written: titles, reasons, names of windows, what is wrong with a bad row.
################################################################

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from sla_compliance.outlets.words.catalogue import Sentence, Sentences
from sla_compliance.outlets.words.french_appendix import FRENCH_APPENDIX

_PLAIN: Final[Sentences] = MappingProxyType(
    {
        **FRENCH_APPENDIX,
        # What stands on the page, whatever the sections.
        "page": "Page",
        "report_title": "Rapport de conformité SLA",
        "subtitle": "{dates} · {zone}",
        "fact_customer": "Client",
        "fact_contract": "Contrat",
        "fact_issued_by": "Établi par",
        "fact_issued_at": "Établi le",
        # Names of periods, within a sentence and by themselves.
        "period_hour": "heure",
        "period_day": "jour",
        "period_week": "semaine",
        "period_month": "mois",
        "period_quarter": "trimestre",
        "period_year": "année",
        "period_rolling": {"one": "période de {count} jour", "other": "période de {count} jours"},
        "column_hour": "Heure",
        "column_day": "Jour",
        "column_week": "Semaine",
        "column_month": "Mois",
        "column_quarter": "Trimestre",
        "column_year": "Année",
        "column_rolling": {"one": "{count} jour", "other": "{count} jours"},
        "separator": " ; ",
        # Verdicts.
        "verdict_met": "Respecté",
        "verdict_at_risk": "Menacé",
        "verdict_breached": "Non respecté",
        "verdict_breached_unconfirmed": "Non respecté, non confirmé",
        "verdict_not_confirmed": "Non confirmé",
        "verdict_no_data": "Aucune donnée",
        # Figures.
        "availability": "Disponibilité",
        "target": "Objectif",
        "confirmed": "confirmé",
        "confirmed_so_far": "confirmé, jusqu’ici",
        "possible_range": "de {low} à {high} possible",
        "verdict": "Verdict",
        "uptime": "Fonctionnement",
        "downtime": "Indisponibilité",
        "left_out": "Non compté",
        "total": "Total",
        "breached_days": "Jours non respectés",
        "breached_of_measured": "{breached} sur {measured}",
        "measured_days": {"one": "Sur {count} jour mesuré", "other": "Sur {count} jours mesurés"},
        "gross": "Sans exclusions",
        "gross_note": "(heures convenues)",
        "worst_day": "Au plus bas : {percentage} le {date}",
        "no_downtime_on_any_day": "Aucun jour avec indisponibilité",
        "nothing_measured": "Rien n’a été mesuré",
        "length_unknown": "jusqu’à {length} inconnus",
        # Summary.
        "heading_summary": "Synthèse",
        "summary_met": (
            "Le service a été disponible {availability} du temps convenu ; l’objectif de {target} est respecté."
        ),
        "summary_met_so_far": (
            "Le service a été disponible {availability} du temps convenu jusqu’ici ; l’objectif est de {target}."
        ),
        "summary_at_risk": (
            "Le service a été disponible {availability} du temps convenu jusqu’ici, sous l’objectif de {target} ;"
            " le temps à venir peut encore y remédier."
        ),
        "summary_breached": (
            "Le service a été disponible {availability} du temps convenu ; l’objectif de {target} est manqué"
            " de {length} d’indisponibilité."
        ),
        "summary_breached_so_far": (
            "Le service a été disponible {availability} du temps convenu jusqu’ici ; l’objectif de {target} ne peut"
            " plus être atteint : il y a eu {length} d’indisponibilité de trop."
        ),
        "summary_on_record": "{availability} selon les données enregistrées.",
        "summary_no_data": "Aucun temps n’a été compté : il n’y a pas de disponibilité à déclarer.",
        "summary_not_confirmed": {
            "one": "Non confirmé : de {low} à {high} possible ; {count} point à régler (voir {section}).",
            "other": "Non confirmé : de {low} à {high} possible ; {count} points à régler (voir {section}).",
        },
        "summary_not_confirmed_alone": "Non confirmé (voir {section}).",
        "summary_not_confirmed_because": {
            "one": "Non confirmé : {reason} ; {count} point à régler (voir {section}).",
            "other": "Non confirmé : {reason} ; {count} points à régler (voir {section}).",
        },
        "summary_not_confirmed_without_bounds": {
            "one": "Non confirmé ; {count} point à régler (voir {section}).",
            "other": "Non confirmé ; {count} points à régler (voir {section}).",
        },
        # Days, or another period.
        "heading_days": "Chaque {period} en chiffres",
        "no_whole_period": "Aucune période complète dans ce temps ({period}).",
        "chart_label": "Disponibilité par {period}",
        "legend_line": "Disponibilité",
        "legend_target": "Objectif {target}",
        "legend_gap": "Aucune donnée",
        "legend_doubt": "En partie inconnu",
        "left_out_because": "{length} {reason}",
        "left_out_not_in_service": "hors service contractuel",
        "left_out_out_of_hours": "hors des heures de service",
        "left_out_maintenance": "de maintenance",
        "left_out_excluded": "d’exclusions convenues",
        "left_out_agreed": "par le mode de calcul",
        "left_out_not_yet": "encore à venir",
        "left_out_unknown": "sans surveillance",
        "timeline_label": "Quand le service était indisponible, par {period}",
        "legend_up": "Disponible",
        "legend_down": "Indisponible",
        "legend_excused": "Indisponible, ne compte pas",
        "legend_planned": "Travaux convenus",
        "legend_unknown": "Sans surveillance",
        "legend_not_counted": "Non compté",
        # The bridge.
        "heading_bridge": "Du temps total au chiffre contractuel",
        "bridge_rule": "Règle",
        "bridge_all": "Tout le temps surveillé",
        "bridge_not_in_service": "Hors service contractuel",
        "bridge_hours": "Hors des heures de service",
        "bridge_gross": "Sans exclusions (heures convenues)",
        "bridge_maintenance": "Maintenance convenue",
        "bridge_exclusions": "Autres exclusions convenues",
        "bridge_accounting": "Mode de calcul",
        "bridge_contractual": "Selon le contrat",
        "bridge_note": "Chaque ligne est ce qu’une règle change ; la somme des lignes donne les totaux.",
        "planned_in": "Interruptions planifiées comptées",
        "planned_out": "Interruptions planifiées non comptées",
        "planned_note": "indisponibilité {length}",
        # Outages.
        "heading_incidents": "Interruptions",
        "incidents_none": "Aucune interruption dans ce temps.",
        "incidents_not_known": "Ces chiffres sont fournis sans leurs lignes : aucune interruption n’est détaillée.",
        "incidents_purged": "Les lignes de ce temps ne sont plus conservées : aucune interruption n’est détaillée ; les"
        " chiffres sont ceux des jours enregistrés auparavant.",
        "incidents_differ": "Des lignes ont changé depuis l’enregistrement de ces jours : aucune interruption n’est"
        " détaillée.",
        "incidents_more": {
            "one": "{count} autre interruption représente {length} d’indisponibilité.",
            "other": "{count} autres interruptions représentent {length} d’indisponibilité.",
        },
        "incidents_decisive": {
            "one": "Sans l’interruption marquée, l’objectif aurait été respecté.",
            "other": "Sans les {count} interruptions marquées, l’objectif aurait été respecté.",
        },
        "caption_incidents": "Interruptions principales",
        "caption_resources": "Ressources les plus touchées",
        "incident_title": "Objet",
        "incident_budget": "Part prise du budget",
        "incident_decisive": "Décisive",
        "incident_decisive_mark": "décisive",
        "incident_ongoing": "en cours",
        "incident_begins_before": "avant {instant}",
        "outage": "Interruption",
        "start": "Début",
        "end": "Fin",
        "resource": "Ressource",
        "alarms": "Alarmes",
        "resource_gross": "Indisponibilité",
        "resource_unique": "Dont seule en panne",
        "resource_none": "(aucune)",
        "resources_more": {"one": "et {count} autre ressource", "other": "et {count} autres ressources"},
        # Planned work and exclusions.
        "heading_planned_work": "Travaux planifiés et exclusions",
        "caption_accepted": "Fenêtres convenues",
        "caption_refused": "Travaux planifiés refusés",
        "window_kind": "Nature",
        "window_planned": "travaux planifiés",
        "window_emergency": "travaux urgents",
        "window_exclusion": "exclusion",
        "window_reason": "Motif",
        "window_author": "Saisi par",
        "window_applies_to": "S’applique à",
        "window_times": "Fois",
        "window_length": "Durée",
        "window_downtime": "Indisponibilité retirée",
        "windows_none": "Ni travaux planifiés ni exclusions n’étaient convenus pour ce temps.",
        "windows_not_known": "Ces chiffres sont fournis sans leurs fenêtres : aucune n’est détaillée.",
        "windows_more": {"one": "et {count} autre", "other": "et {count} autres"},
        "applies_to_everybody": "tous",
        "applies_to_more": "{values} et {count} de plus",
        "applies_to_resource_id": "ressource",
        "applies_to_customer_id": "client",
        "applies_to_tenant_id": "locataire",
        "applies_to_alarm_id": "alarme",
        "applies_to_alarm_type": "type d’alarme",
        "applies_to_parent_alarm_id": "alarme parente",
        "applies_to_severity": "gravité",
        "applies_to_title": "intitulé",
        "applies_to_with_children": "{targets} et leurs enfants",
        "refused_window": "Refusé",
        "refused_why": "Raison",
        "refused_length": "Durée",
        "refused_none": "Aucun travail planifié n’a été refusé.",
        "refused_unnamed": "autres travaux planifiés",
        # Error budget and trend.
        "heading_budget": "Budget d’erreur et tendance",
        "budget_allowed": "Indisponibilité permise",
        "budget_allowed_note": "par l’objectif de {target}",
        "budget_spent": "Consommé",
        "budget_left": "Restant",
        "budget_overspent": "dépassé",
        "budget_remaining": "Part restante",
        "budget_lost": "La période est perdue, quoi qu’il advienne.",
        "budget_safe": "Aucune interruption à venir ne peut à elle seule faire perdre la période.",
        "budget_deadline": (
            "Une interruption qui commence maintenant fait perdre la période si elle n’est pas terminée le {instant}."
        ),
        "budget_deadline_while_down": (
            "Le service est indisponible ; la période est perdue si l’interruption n’est pas terminée le {instant}."
        ),
        "trend_period": "Période",
        "trend_before": "Avant",
        "trend_points": "Écart en points",
        "trend_downtime": "Indisponibilité pour 30 jours",
        "trend_downtime_before": "Avant, pour 30 jours",
        "trend_to_date": "{dates} à ce jour",
        "trend_note": "Chaque période est comparée à la précédente.",
        "trend_none": "Il n’y a pas de période antérieure à laquelle comparer.",
    }
)

# French keeps a mark of two parts on the line of the word before it, and what guillemets hold with them.
_FIXED_BLANKS: Final = {" :": "\u00a0:", " ;": "\u202f;", " ?": "\u202f?", " »": "\u00a0»", "« ": "«\u00a0"}


def _with_fixed_blanks(sentence: Sentence) -> Sentence:
    """Return a sentence in which no line begins with a mark."""
    if not isinstance(sentence, str):
        return {category: str(_with_fixed_blanks(form)) for category, form in sentence.items()}
    for plain, fixed in _FIXED_BLANKS.items():
        sentence = sentence.replace(plain, fixed)
    return sentence


FRENCH: Final[Sentences] = MappingProxyType({name: _with_fixed_blanks(sentence) for name, sentence in _PLAIN.items()})
