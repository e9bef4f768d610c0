import sqlalchemy as sa
from alembic import context

metadata = sa.MetaData(
    naming_convention={
        "ix": "ix_%(column_0_label)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)

context.configure(url=context.config.get_main_option("sqlalchemy.url"), target_metadata=metadata, render_as_batch=True)
with context.begin_transaction():
    context.run_migrations()
