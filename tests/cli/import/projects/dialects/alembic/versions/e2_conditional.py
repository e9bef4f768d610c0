"""what only one of them can do"""
import sqlalchemy as sa
from alembic import context, op

revision = "e2"
down_revision = "e1"


def upgrade():
    if op.get_bind().dialect.name == "postgresql":
        op.execute("CREATE EXTENSION IF NOT EXISTS plpgsql")
        op.execute("COMMENT ON TABLE orders IS 'what was bought'")
    if context.get_context().dialect.name == "sqlite":
        op.execute("CREATE INDEX only_here ON orders (paid)")


def downgrade():
    if op.get_context().dialect.name == "sqlite":
        op.execute("DROP INDEX only_here")
    else:
        op.execute("COMMENT ON TABLE orders IS NULL")
