"""Statuses of residence (在留資格) by the words in which a snapshot has them, with their names in law.

Source: Immigration Control and Refugee Recognition Act (Cabinet Order 319 of 1951), appended tables 1 and 2; special
permanent residents: Act 71 of 1991. Officers enter the name as the residence card shows it: such a text stands for itself.
"""

from __future__ import annotations

from enishi.kernel.language import choose

NAMES: dict[str, tuple[str, str]] = {
    "permanent_resident": ("永住者", "Permanent resident"),
    "special_permanent_resident": ("特別永住者", "Special permanent resident"),
    "long_term_resident": ("定住者", "Long-term resident"),
    "spouse_of_japanese": ("日本人の配偶者等", "Spouse or child of a Japanese national"),
    "engineer_humanities_international": (
        "技術・人文知識・国際業務",
        "Engineer, specialist in humanities, international services",
    ),
    "technical_intern_training": ("技能実習", "Technical intern training"),
    "specified_skilled_worker": ("特定技能", "Specified skilled worker"),
    "student": ("留学", "Student"),
    "dependent": ("家族滞在", "Dependent"),
    "designated_activities": ("特定活動", "Designated activities"),
}


def name(status: str, language: str) -> str:
    """The name of a status of residence in `ja` or `en`; a text that is no word of the list, as it stands."""
    found = NAMES.get(status)
    return choose(language, ja=found[0], en=found[1]) if found else status
