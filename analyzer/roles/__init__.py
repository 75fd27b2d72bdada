"""Who is the agent and who the customer, where an export does not say."""

from analyzer.roles.by_words import Segment, roles_by_words
from analyzer.roles.inferring import announces, infer_roles, nearer_role, swapped_roles

__all__ = [
    "Segment",
    "announces",
    "infer_roles",
    "nearer_role",
    "roles_by_words",
    "swapped_roles",
]
