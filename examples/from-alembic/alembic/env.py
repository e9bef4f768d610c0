import os

from alembic import context
from sqlalchemy import create_engine, pool

url = os.environ.get("BOOKSHOP_URL", context.config.get_main_option("sqlalchemy.url"))


def run_migrations_offline():
    context.configure(url=url, literal_binds=True, dialect_opts={"paramstyle": "named"})
    with context.begin_transaction():
        context.run_migrations()


def run_migrations_online():
    with create_engine(url, poolclass=pool.NullPool).connect() as connection:
        context.configure(connection=connection, render_as_batch=True, transaction_per_migration=True)
        with context.begin_transaction():
            context.run_migrations()


if context.is_offline_mode():
    run_migrations_offline()
else:
    run_migrations_online()
