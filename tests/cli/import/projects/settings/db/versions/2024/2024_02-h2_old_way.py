"""the old way out of a transaction"""
from alembic import op

revision = "h2"
down_revision = "h1"


def upgrade():
    op.execute("CREATE TYPE mood AS ENUM ('good')")
    op.execute("COMMIT")
    op.execute("ALTER TYPE mood ADD VALUE 'bad'")


def downgrade():
    op.execute("DROP TYPE mood")
