"""Roles, and the groups of them that may do the same."""

C, A, R, M, S, X = "customer", "annotator", "reviewer", "manager", "scientist", "admin"
ALL = {C, A, R, M, S, X}
EVERYONE, STAFF, REVIEWING, SEEING = {A, R, M, S, X}, {M, S, X}, {R, M, S, X}, {C, M, S, X}
