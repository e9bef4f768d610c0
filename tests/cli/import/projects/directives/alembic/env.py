from alembic import context

config = context.config


def run_migrations_offline():
    context.configure(url=config.get_main_option("sqlalchemy.url"), literal_binds=True)
    with context.begin_transaction():
        context.run_migrations()


def run_migrations_online():
    raise AssertionError("an import never runs env.py online")


if context.is_offline_mode():
    run_migrations_offline()
else:
    run_migrations_online()
