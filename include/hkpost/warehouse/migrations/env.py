"""Alembic's environment: runs on the connection that `hkpost.warehouse.migrate` hands over."""

from alembic import context
from sqlalchemy import Connection

from hkpost.warehouse.tables import SCHEMA

connection = context.config.attributes.get("connection")
if not isinstance(connection, Connection):
    raise TypeError("run hkpost.warehouse.migrate: it brings its own connection")

context.configure(connection=connection, version_table_schema=SCHEMA)
with context.begin_transaction():
    context.run_migrations()
