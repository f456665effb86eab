"""Many queries, one pass over a batch of texts: the query language and the engine that finds the hits."""

from resonanz.matching.bulk import bulk
from resonanz.matching.parser import Code, QueryError, parse
from resonanz.matching.properties import Properties
from resonanz.matching.query import Query, canonical
from resonanz.matching.queryset import Matches, QuerySet, available, must_compile

__all__ = [
    "Code",
    "Matches",
    "Properties",
    "Query",
    "QueryError",
    "QuerySet",
    "available",
    "bulk",
    "canonical",
    "must_compile",
    "parse",
]
