"""only for one of them"""
from alembic import op

revision = "e4"
down_revision = "e3"


def upgrade():
    if op.get_context().dialect.name == "postgresql":
        op.execute("CREATE INDEX orders_total ON orders USING brin (total)")


def downgrade():
    if op.get_context().dialect.name == "postgresql":
        op.execute("DROP INDEX orders_total")
