"""The auth subgraph's part of the graph. Importing it needs neither settings nor a database."""

from subgraphs.auth.schema.errors import EmailTakenError, InvalidCredentialsError
from subgraphs.auth.schema.mutation import Mutation
from subgraphs.auth.schema.query import Query
from subgraphs.auth.schema.user import User
from subgraphs.common.schema import build_schema

schema = build_schema(query=Query, mutation=Mutation, types=[User, InvalidCredentialsError, EmailTakenError])

__all__ = ["schema"]
