"""Alembic's autogenerate between two databases: reflects the second as the metadata, and renders what leads there
from the first. Views, triggers and checks are beyond it."""

import sys

from alembic.autogenerate import produce_migrations, render_python_code
from alembic.migration import MigrationContext
from sqlalchemy import MetaData, create_engine

old, new = map(create_engine, sys.argv[1:])
metadata = MetaData()
metadata.reflect(new)
with old.connect() as connection:
    migrations = produce_migrations(MigrationContext.configure(connection), metadata)
print(render_python_code(migrations.upgrade_ops))
